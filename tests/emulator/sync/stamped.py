"""Writes of a product that stamps, and what the engine's answer to them costs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from scripts.suite.counting import costing
from shared.kernel.clock import utc_now
from shared.sync.client import Stamping
from tests.emulator.sync.conftest import Pair

Act = Callable[[Any, Stamping], None]


def stamping(pair: Pair, project: str, ahead: timedelta = timedelta()) -> Stamping:
    client = pair.clients[project]
    return Stamping(client, pair.settings.alias(project), lambda: utc_now() + ahead)


def write(pair: Pair, project: str, act: Act, ahead: timedelta = timedelta()) -> None:
    """What a product does in a batch of its own, and the event of it."""

    def committed(_: Any) -> None:
        batch = pair.clients[project].batch()
        act(batch, stamping(pair, project, ahead))
        batch.commit()

    pair.watch(project, committed)


def create(pair: Pair, project: str, ahead: timedelta = timedelta(), **fields: Any) -> None:
    reference = pair.reference(project)
    write(pair, project, lambda batch, sync: sync.create(batch, reference, TENANT | fields), ahead)


def update(pair: Pair, project: str, ahead: timedelta = timedelta(), **changes: Any) -> None:
    snapshot = pair.reference(project).get()
    write(pair, project, lambda batch, sync: sync.update(batch, snapshot, changes), ahead)


def delete(pair: Pair, project: str) -> None:
    snapshot = pair.reference(project).get()
    write(pair, project, lambda batch, sync: sync.delete(batch, snapshot))


TENANT = {"tenantId": "t"}


def cost(pair: Pair) -> tuple[int, int, int]:
    with costing(pair.costs) as spent:
        pair.settle()
    return spent.as_tuple()


def settled(pair: Pair, **fields: Any) -> Pair:
    create(pair, pair.left, **fields)
    pair.settle()
    return pair
