"""functions.yaml, read: what triggers each deployed function."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.suite.console import Refusal
from scripts.suite.paths import ROOT

# The same safe subset, parsed by libyaml where the wheel has it: ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PUBSUB_PUBLISHED = "google.cloud.pubsub.topic.v1.messagePublished"


@dataclass(frozen=True)
class Function:
    name: str
    settings: Mapping[str, Any]

    @property
    def over_http(self) -> bool:
        return "httpsTrigger" in self.settings

    @property
    def scheduled(self) -> bool:
        return "scheduleTrigger" in self.settings

    @property
    def for_members(self) -> bool:
        """Deployed to each member, not to the hub: a trigger must live where the documents do."""
        labels: Mapping[str, str] = self.settings.get("labels", {})
        return labels.get("deploy-to") == "members"

    @property
    def event(self) -> Mapping[str, Any]:
        trigger: Mapping[str, Any] = self.settings.get("eventTrigger", {})
        return trigger

    @property
    def document(self) -> str | None:
        patterns: Mapping[str, str] = self.event.get("eventFilterPathPatterns", {})
        return patterns.get("document")

    @property
    def topic(self) -> str | None:
        filters: Mapping[str, str] = self.event.get("eventFilters", {})
        return filters.get("topic")

    @property
    def trigger_id(self) -> str:
        """The emulators' name for its background trigger."""
        return f"{self.settings['region'][0]}-{self.name}-0"


def functions(root: Path = ROOT) -> list[Function]:
    return [Function(name, settings) for name, settings in _endpoints(root).items()]


def _endpoints(root: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = yaml.load((root / "functions.yaml").read_text(), _Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise Refusal(f"functions.yaml, line {line}: {error.problem}.") from error
    endpoints: Mapping[str, Mapping[str, Any]] = found["endpoints"]
    return endpoints
