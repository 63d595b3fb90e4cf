"""Two projects with many documents, users who write there, and deliveries that may be lost."""

import os
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1 import _helpers, types

from scripts.suite.counting import Costs, counted_client
from shared.kernel.settings import read_settings
from shared.sync.bulk import Bulk
from shared.sync.comparing import Sides
from shared.sync.mending import Mender
from shared.sync.routes import Mirrored, Route, mirrored_at
from shared.sync.runs import Page, Run
from shared.sync.service import Mirror
from shared.sync.sweep import Sweep
from shared.sync.sweeps import Sweeps
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.sync.conftest import Event, Kept, case_of, event_of

LATER = timedelta(hours=2)


class Lossy(Kept):
    """A route between two projects of their own; `drop` is the share of events that get lost."""

    def __init__(self, direction: str = "both", seed: int = 0) -> None:
        super().__init__()
        aliases = {alias: unique(f"demo-{alias}") for alias in ("left", "right")}
        self.rng, self.costs, self.clock = random.Random(seed), Costs(), SetClock()
        self.settings = replace(read_settings(os.environ), projects=aliases, hub=unique("demo-hub"))
        self.left, self.right = aliases.values()
        names = (*aliases.values(), self.settings.hub)
        self.clients = {name: counted_client(name, self.costs) for name in names}
        self.pages: list[Page] = []
        self.waited: list[float] = []
        self.bulk = Bulk(self.clients.__getitem__, self.clock)
        self.mirror = Mirror(self.bulk, self, self, self.settings)
        self.sweep = self.worker()
        self.drop = 0.0
        self.lost: list[Event] = []
        stored = {
            "source": {"project": self.left, "collection": "cases"},
            "target": {"project": self.right, "collection": "cases"},
            "direction": direction,
            "tenantField": "tenantId",
            "enabled": True,
        }
        self.route = Route.model_validate(stored)
        self.hub.collection("sync_routes").document("route").set(stored)

    def rule(self, policies: Mapping[str, str]) -> None:
        """Merge fields by these policies; `%s` is the left project."""
        named = {name: text.replace("%s", self.left) for name, text in policies.items()}
        self.route = self.route.model_copy(update={"policies": named})
        self.hub.document("sync_routes/route").update({"policies": named})

    @property
    def hub(self) -> firestore.Client:
        return self.clients[self.settings.hub]

    def worker(self, per_minute: int = 6_000, bulk: Bulk | None = None) -> Sweep:
        """An instance of the sweep, which shares the store alone."""
        found = bulk or self.bulk
        mender = Mender(found, self, self.settings)
        waits, sides = self.waited.append, Sides(found, self.settings.alias)
        return Sweep(Sweeps(self.hub), sides, mender, self.publish, per_minute, self.clock, waits)

    def publish(self, data: bytes) -> None:
        self.pages.append(Page.model_validate_json(data))

    def at(self, project: str, collection: str) -> Mirrored | None:
        return mirrored_at([self.route], project, collection, self.settings.alias)

    def swept(self) -> Run:
        """A whole run."""
        run = self.sweep.start("route", "verify")
        while self.pages:
            self.sweep.turn(self.pages.pop(0))
        return self.sweep.run("route", run.run_id)

    def put(self, project: str, name: str, tenant: str = "t", **fields: Any) -> None:
        self._watch(project, name, lambda ref: ref.set({"tenantId": tenant, **fields}))

    def update(self, project: str, name: str, **changes: Any) -> None:
        self._watch(project, name, lambda ref: ref.update(changes))

    def delete(self, project: str, name: str) -> None:
        self._watch(project, name, lambda ref: ref.delete())

    def live(self, acts: int) -> None:
        """Users do anything to ten documents on both sides."""
        for number in range(acts):
            project, name = self.rng.choice((self.left, self.right)), f"d{self.rng.randrange(10)}"
            fields: dict[str, Any] = {field: number for field in "xyz" if self.rng.random() < 0.5}
            there = self.raw(project, name) is not None
            act = self.rng.choice((self.update, self.update, self.put, self.delete))
            if act == self.delete or not there:
                self.delete(project, name) if there else self.put(project, name, **fields)
            else:
                act(project, name, **(fields or {"x": number}))

    def restore(self, project: str, name: str, document: Any) -> None:
        """Put a version back as it was, marks and all, and tell nobody."""
        found = types.Document.wrap(document)
        values: Any = _helpers.decode_dict(found.fields, self.clients[project])
        self.clients[project].collection("cases").document(name).set(values)

    def content(self, project: str) -> Mapping[str, Mapping[str, Any]]:
        found = self.clients[project].collection("cases").stream()
        return {
            one.id: {
                n: v for n, v in (one.to_dict() or {}).items() if n not in ("_sync", "tenantId")
            }
            for one in found
        }

    def both(self) -> Mapping[str, Mapping[str, Any]]:
        left, right = self.content(self.left), self.content(self.right)
        assert left == right
        return left

    def versions(self) -> Mapping[str, Any]:
        """The update time of everything in the members."""
        return {
            f"{project}/{one.reference.path}": one.update_time
            for project in (self.left, self.right)
            for name in ("cases", "_tombstones")
            for one in self.clients[project].collection(name).stream()
        }

    def _watch(self, project: str, name: str, act: Any) -> None:
        """Do what a user does; its event is told at once, or lost."""
        before = self.raw(project, name)
        act(self.clients[project].collection("cases").document(name))
        event = event_of(before, self.raw(project, name))
        if self.rng.random() < self.drop:
            self.lost.append(event)
        else:
            self.tell(event)

    def tell(self, event: Event) -> None:
        self.mirror.apply(event.data, unique("event"), event.time)

    def raw(self, project: str, name: str) -> Any | None:
        return case_of(self.clients[project], name)
