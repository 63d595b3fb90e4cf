"""An order with the eventsourcing library, as its documentation writes aggregates."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.application import Application, project_aggregate
from eventsourcing.domain import Aggregate, Snapshot, event
from eventsourcing.persistence import StoredEvent

Lines = list[dict[str, Any]]


class Order(Aggregate):
    @event("Opened")
    def __init__(self, status: str, amount: int, note: str, lines: Lines) -> None:
        self.status, self.amount, self.note, self.lines = status, amount, note, lines

    @event("Changed")
    def change(self, status: str, amount: int, note: str, lines: Lines) -> None:
        self.status, self.amount, self.note, self.lines = status, amount, note, lines


class Orders:
    """An application's mapper, with its JSON transcoder, between events and their stored form."""

    def __init__(self) -> None:
        self._mapper = Application[Any]().mapper

    def stored(self, told: Sequence[dict[str, Any]]) -> list[StoredEvent]:
        order = Order(**told[0])
        for data in told[1:]:
            order.change(**data)
        return [self._mapper.to_stored_event(made) for made in order.collect_events()]

    def snapshot(self, stored: Sequence[StoredEvent]) -> StoredEvent:
        return self._mapper.to_stored_event(Snapshot.take(self.rebuilt(stored)))

    def rebuilt(self, stored: Sequence[StoredEvent]) -> Order:
        events = (self._mapper.to_domain_event(each) for each in stored)
        order: Order | None = project_aggregate(None, events)
        if order is None:
            raise AssertionError("No order came of it.")
        return order
