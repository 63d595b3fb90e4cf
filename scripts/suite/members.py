"""Member projects' triggers: the suite registers those of its own project only."""

from scripts.suite import manifest
from scripts.suite.console import Refusal
from scripts.suite.environment import MEMBERS
from scripts.suite.http import call
from scripts.suite.manifest import Function

FIRESTORE = "http://127.0.0.1:8080/emulator/v1/projects"


def register_triggers() -> None:
    captures = [function for function in manifest.functions() if function.for_members]
    for project in MEMBERS.values():
        for function in captures:
            _register(function, project)


def _register(function: Function, project: str) -> None:
    trigger = {
        "eventType": function.event["eventType"],
        "database": function.event["eventFilters"]["database"],
        "namespace": function.event["eventFilters"]["namespace"],
        "document": {"value": function.document, "matchType": "PATH_PATTERN"},
    }
    url = f"{FIRESTORE}/{project}/eventarcTrigger?eventarcTriggerId={function.trigger_id}"
    status, answer = call("POST", url, trigger)
    if status != 200:
        raise Refusal(f"{function.name} was not registered for {project}: {answer.decode()[:200]}")
