"""Reads and writes of an update in a quiet two-way load, of its echo and of its repetition."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from google.cloud import firestore
from google.cloud.firestore_v1 import types

from scripts.suite.benches._mirrored import APP, BO, COLLECTION, TENANT, Route, event_of
from scripts.suite.counting import Costs, costing, counted_client
from shared.kernel.clock import utc_now
from shared.kernel.settings import Settings, read_settings
from shared.platform.firestore import connect
from shared.sync.client import Stamping
from shared.sync.service import Mirror
from shared.sync.store import Replicas

NEEDS_SUITE = True
UPDATES = 200


def run() -> dict[str, Any]:
    costs, route, settings = Costs(), Route(), read_settings(os.environ)
    clients = {project: counted_client(project, costs) for project in (APP, BO)}
    mirror = Mirror(Replicas(clients.__getitem__, utc_now), route, route, settings)
    load, echoes, updates = Costs(), [], []
    case = Case(settings)
    _tell(mirror, [case.created()])
    for number in range(UPDATES):
        here, there = (APP, BO) if number % 2 else (BO, APP)
        update, before = case.updated(here, number), case.raw(there)
        with costing(costs) as spent:
            _tell(mirror, [update])
        load.writes, load.reads = load.writes + spent.writes, load.reads + spent.reads
        updates.append(update)
        echoes.append(event_of(before, case.raw(there)))
    return _result(load, _cost(costs, mirror, echoes), _cost(costs, mirror, updates))


class Case:
    """A document that the products of both projects stamp."""

    def __init__(self, settings: Settings) -> None:
        self._name = uuid4().hex
        self._stamps = {p: Stamping(connect(p), settings.alias(p)) for p in (APP, BO)}

    def created(self) -> bytes:
        batch, reference = connect(APP).batch(), self._reference(APP)
        self._stamps[APP].create(batch, reference, {**TENANT, "x": "new"})
        batch.commit()
        return event_of(None, self.raw(APP))

    def updated(self, project: str, number: int) -> bytes:
        before, batch = self.raw(project), connect(project).batch()
        snapshot = self._reference(project).get()
        self._stamps[project].update(batch, snapshot, {"x": f"edit {number}"})
        batch.commit()
        return event_of(before, self.raw(project))

    def raw(self, project: str) -> Any:
        client = connect(project)
        names = [f"{client._database_string}/documents/{COLLECTION}/{self._name}"]
        request = {"database": client._database_string, "documents": names}
        answers = client._firestore_api.batch_get_documents(
            request=request, metadata=client._rpc_metadata
        )
        found = [types.Document.pb(answer.found) for answer in answers if "found" in answer]
        return found[0] if found else None

    def _reference(self, project: str) -> firestore.DocumentReference:
        return connect(project).collection(COLLECTION).document(self._name)


def _cost(costs: Costs, mirror: Mirror, events: Sequence[bytes]) -> dict[str, float]:
    with costing(costs) as spent:
        _tell(mirror, events)
    names = ("rpc", "reads", "writes")
    return {name: n / len(events) for name, n in zip(names, spent.as_tuple(), strict=True)}


def _tell(mirror: Mirror, events: Sequence[bytes]) -> None:
    for event in events:
        mirror.apply(event, uuid4().hex, utc_now())


def _result(load: Costs, echo: dict[str, float], repeated: dict[str, float]) -> dict[str, Any]:
    writes = load.writes / UPDATES
    return {
        "ours": writes,
        "peer": 1.0,
        "ratio": writes,
        "unit": "writes an update; the peer is the one that nobody can spare",
        "detail": {
            "updates": UPDATES,
            "reads": load.reads / UPDATES,
            "echo": echo,
            "repeated": repeated,
        },
    }
