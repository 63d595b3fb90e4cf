"""Seeded worlds of handlers and workers that fail in every way; HYPHAE_EVENT_WORLDS of them.

Whatever happens: one effect for each event at the hub's handler, no event at two workers, and
everything that was accepted ends done or dead.
"""

import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared.events.handling import LASTING, Handler, Happening
from shared.events.intake import Wish
from shared.events.models import DEAD, DONE, PERMANENT, RETRYABLE, Cause, Event, Filter, Lease
from shared.events.queue import Effect, Queue
from shared.kernel.errors import Conflict, DependencyUnavailable
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import Emit
from tests.emulator.killed import Killed

WORLDS = int(os.environ.get("HYPHAE_EVENT_WORLDS", "3"))
EVENTS, TURNS = 12, 60


@dataclass
class World:
    """Everything in it happens by its seed."""

    wiring: Wiring
    clock: SetClock
    tenant: str
    chance: random.Random
    events: list[Event] = field(default_factory=list)
    held: list[Lease] = field(default_factory=list)

    def handler(self) -> Handler[Wiring]:
        return Handler("me", self._handle)

    def _handle(self, happening: Happening, _: Wiring) -> Sequence[Effect]:
        """Succeeds, is away, dies, or is so slow that its lease ends and another one works."""
        how = self.chance.random()
        if how < 0.25:
            raise DependencyUnavailable(reason="away")
        if how < 0.4:
            raise Killed
        if how < 0.5:
            self.pass_time(LASTING)
            self.catch_up()
        event_id = happening.event.event_id
        return [Effect(f"effects/{unique('effect')}", {"eventId": event_id})]

    def pass_time(self, by: timedelta) -> None:
        self.clock.moment = (self.clock.moment or datetime.now(UTC)) + by

    def tell(self) -> None:
        """The trigger, which may say again what it said long ago."""
        with suppress(Killed):
            self.wiring.dispatcher.tell(self.handler(), self.chance.choice(self.events))

    def catch_up(self) -> None:
        with suppress(Killed):
            self.wiring.dispatcher.catch_up(self.handler())

    def lease(self) -> None:
        """What is held until its lease ends is given to nobody else."""
        now = self.clock.moment or datetime.now(UTC)
        wish = Wish(self.chance.randint(1, 5), timedelta(minutes=self.chance.randint(1, 30)))
        queue, told = Queue(self.tenant, "SMP"), Filter(self.tenant, "SMP")
        new = self.wiring.consumers.lease(queue, told, wish)
        ends = {one.event.event_id: one.delivery.next_attempt_at or now for one in self.held}
        assert all(ends.get(one.event.event_id, now) <= now for one in new)
        self.held += new

    def report(self) -> None:
        """A worker says what became of an event, perhaps too late, perhaps twice."""
        if not self.held:
            return
        lease = self.chance.choice(self.held)
        event_id, lease_id = lease.event.event_id, lease.delivery.lease_id
        with suppress(Conflict):
            if self.chance.random() < 0.5:
                self.wiring.consumers.acknowledge(event_id, "SMP", lease_id)
            else:
                outcome = self.chance.choice([RETRYABLE, RETRYABLE, PERMANENT])
                self.wiring.consumers.refuse(
                    event_id, "SMP", Cause("nacked", outcome), None, lease_id
                )
            self.held = [one for one in self.held if one.event.event_id != event_id]

    def wait(self) -> None:
        self.pass_time(timedelta(seconds=self.chance.choice([1, 60, 3600, 30_000])))

    def run(self) -> None:
        acts = [self.tell, self.catch_up, self.lease, self.report, self.report, self.wait]
        for _ in range(TURNS):
            self.chance.choice(acts)()
        for _ in range(120):
            self.pass_time(timedelta(hours=7))
            self.catch_up()
            self.lease()
            if self.ended("me") == self.ended("SMP") == EVENTS:
                return

    def statuses(self, consumer: str) -> dict[str, str]:
        names = [f"{event.event_id}__{consumer}" for event in self.events]
        known = self.wiring.deliveries.known(names)
        return {held.delivery.event_id: held.delivery.status for held in known.values()}

    def ended(self, consumer: str) -> int:
        return sum(status in (DONE, DEAD) for status in self.statuses(consumer).values())

    def effects(self) -> Counter[str]:
        found = self.wiring.hub.collection("effects").get()
        return Counter(str(row.get("eventId")) for row in found)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_a_world_comes_to_rest_with_one_effect_for_each_event_that_is_done(
    wiring: Wiring, clock: SetClock, tenant: str, emit: Emit, seed: int
) -> None:
    world = World(wiring, clock, tenant, random.Random(seed))
    wiring.dispatcher.catch_up(world.handler())  # as it is deployed
    world.events = [emit() for _ in range(EVENTS)]
    clock.moment = datetime.now(UTC)
    world.run()
    assert (world.ended("me"), world.ended("SMP")) == (EVENTS, EVENTS)
    done = [name for name, status in world.statuses("me").items() if status == DONE]
    assert world.effects() == Counter(done)
