"""10,000 documents, 3,000 of them there already, back-filled: against a loop of get and set."""

import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from google.cloud.firestore import Client, CollectionReference

from scripts.suite.benches.peers import copy_loop
from scripts.suite.counting import Costs, costing, counted_client
from scripts.suite.relay import jars
from shared.kernel.settings import read_settings
from shared.sync.runs import Page, Run
from shared.wiring import Wiring

DOCUMENTS, ROUNDS = 10_000, 5
SHARE = DOCUMENTS // ROUNDS
SEEDED_A_COMMIT = 250
NOWHERE = "127.0.0.1:1"  # no trigger is registered
UNBOUNDED = "1000000000"
CASE: Mapping[str, Any] = {"tenantId": "t", "status": "new", "age": 3, "tags": ["shy", "black"]}


class Scene(Wiring):
    """A route between two projects of its own, and a topic that is a list."""

    def __init__(self, costs: Costs) -> None:
        mark = uuid4().hex[:12]
        self.left, self.right = f"demo-left-{mark}", f"demo-right-{mark}"
        projects = f"left={self.left},right={self.right}"
        hub = {"HYPHAE_HUB": f"demo-hub-{mark}", "HYPHAE_SWEEP_PER_MINUTE": UNBOUNDED}
        super().__init__(read_settings({**os.environ, **hub, "HYPHAE_PROJECTS": projects}))
        self._pages: list[bytes] = []
        self._clients: dict[str, Client] = {}
        self._costs = costs
        self.hub.collection("sync_routes").document("cases").set(self._route())

    def firestore(self, project: str) -> Client:
        if project not in self._clients:
            self._clients[project] = counted_client(project, self._costs)
        return self._clients[project]

    def publish(self, topic: str, data: bytes, **attributes: str) -> None:
        self._pages.append(data)

    def cases(self, project: str) -> CollectionReference:
        return self.firestore(project).collection("cases")

    def seeded(self) -> "Scene":
        """All on the left; of ten documents, one as well on the right, and two in another form."""
        here = {f"case-{number:05}": {**CASE, "number": number} for number in range(SHARE)}
        there = {name: case for name, case in here.items() if case["number"] % 10 < 3}
        there |= {n: {**c, "status": "old"} for n, c in there.items() if c["number"] % 10}
        self._fill(self.right, there)
        self._fill(self.left, here)
        return self

    def run(self) -> Run:
        run = self.sweep.start("cases", "backfill")
        while self._pages:
            self.sweep.turn(Page.model_validate_json(self._pages.pop(0)))
        return self.sweep.run("cases", run.run_id)

    def drift(self) -> int:
        left, right = (self._contents(project) for project in (self.left, self.right))
        return sum(left.get(name) != right.get(name) for name in left.keys() | right.keys())

    def _contents(self, project: str) -> Mapping[str, Any]:
        found = {one.id: one.to_dict() or {} for one in self.cases(project).stream()}
        return {
            name: {k: v for k, v in case.items() if k != "_sync"} for name, case in found.items()
        }

    def _fill(self, project: str, documents: Mapping[str, Any]) -> None:
        names = list(documents)
        for at in range(0, len(names), SEEDED_A_COMMIT):
            batch = self.firestore(project).batch()
            for name in names[at : at + SEEDED_A_COMMIT]:
                batch.set(self.cases(project).document(name), documents[name])
            batch.commit()

    def _route(self) -> dict[str, Any]:
        ends = {
            "source": {"project": self.left, "collection": "cases"},
            "target": {"project": self.right, "collection": "cases"},
        }
        return ends | {"direction": "both", "tenantField": "tenantId", "enabled": True}


def run() -> dict[str, Any]:
    with jars.firestore(NOWHERE) as host:
        os.environ["FIRESTORE_EMULATOR_HOST"] = host
        return _measured()


def _measured() -> dict[str, Any]:
    """In turns, a fifth of the documents each, so that both meet the same noise."""
    costs, ours, peer, again = Costs(), 0.0, 0.0, 0.0
    first, second = Costs(), Costs()
    for _ in range(ROUNDS):
        scene, other = Scene(costs).seeded(), Scene(costs).seeded()
        with costing(costs) as spent:
            ours += _timed(scene.run)
        _add(first, spent)
        peer += _timed(partial(copy_loop.copy, other.cases(other.left), other.cases(other.right)))
        with costing(costs) as spent:
            again += _timed(scene.run)
        _add(second, spent)
        _require(scene)
    return _result(ours, peer, again, first, second)


def _require(scene: Scene) -> None:
    if scene.drift():
        raise AssertionError(f"{scene.drift()} documents differ.")


def _add(total: Costs, spent: Costs) -> None:
    total.calls += spent.calls
    total.reads += spent.reads
    total.writes += spent.writes
    total.written += spent.written


def _result(ours: float, peer: float, again: float, first: Costs, second: Costs) -> dict[str, Any]:
    return {
        "ours": round(DOCUMENTS / ours),
        "peer": round(DOCUMENTS / peer),
        "ratio": round(peer / ours, 2),
        "unit": "documents/s",
        "detail": {
            "documents": DOCUMENTS,
            "drift": 0,
            "callsADocument": first.calls / DOCUMENTS,
            "readsADocument": first.reads / DOCUMENTS,
            "writesADocument": first.written["cases"] / DOCUMENTS,
            "secondRun": round(DOCUMENTS / again),
            "secondRunCallsADocument": second.calls / DOCUMENTS,
            "secondRunReadsADocument": second.reads / DOCUMENTS,
            "secondRunWrites": second.written["cases"] + second.written["_tombstones"],
        },
    }


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
