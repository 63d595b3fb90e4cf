"""The hub's own handlers on a real store: one effect for each event, whatever happens meanwhile."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events.attempts import MAX_ATTEMPTS
from shared.events.handling import LASTING, Dispatcher, Handler, Happening
from shared.events.models import DEAD, DONE, FAILED, PERMANENT, POISON, RETRYABLE, Delivery
from shared.events.queue import Effect
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import Emit
from tests.emulator.killed import Killed


def raising(failure: BaseException) -> Callable[[Happening, Any], Sequence[Effect]]:
    def handle(_: Happening, __: Any) -> Sequence[Effect]:
        raise failure

    return handle


def counting(happening: Happening, wiring: Wiring) -> Sequence[Effect]:
    """An effect with a name of its own each time: a second one would be seen."""
    path = f"effects/{unique('effect')}"
    return [Effect(path, {"eventId": happening.event.event_id, "replayId": happening.replay_id})]


def effects(wiring: Wiring) -> list[str]:
    return [row.get("eventId") for row in wiring.hub.collection("effects").get()]


def delivery(wiring: Wiring, event_id: str) -> Delivery:
    name = f"{event_id}__me"
    return wiring.deliveries.known([name])[name].delivery


def unstorable(happening: Happening, wiring: Wiring) -> Sequence[Effect]:
    """Of every other event, by its payload, an effect that the store refuses."""
    if happening.event.payload["n"] % 2:
        return [Effect(f"effects/{unique('effect')}", {"__reserved__": 1})]
    return counting(happening, wiring)


def dispatcher(wiring: Wiring) -> Dispatcher[Wiring]:
    """Of an instance of its own."""
    return Wiring(wiring.settings, wiring.clock).dispatcher


def test_an_event_that_is_told_often_and_at_once_has_one_effect(wiring: Wiring, emit: Emit) -> None:
    event, handler = emit(), Handler("me", counting)
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: dispatcher(wiring).tell(handler, event), range(10)))
    dispatcher(wiring).catch_up(handler)
    assert effects(wiring) == [event.event_id]
    assert delivery(wiring, event.event_id).status == DONE
    assert wiring.event_bus.get(event.event_id).processed is False


def test_an_event_that_nobody_told_of_is_caught_up_with(wiring: Wiring, emit: Emit) -> None:
    heard, _ = emit(event_type="mine"), emit(event_type="other")
    handler = Handler("me", counting, types=("mine",))
    assert [dispatcher(wiring).catch_up(handler) for _ in range(2)] == [1, 0]
    assert effects(wiring) == [heard.event_id]


def test_an_effect_that_cannot_be_stored_is_poison_and_nobody_waits_behind_it(
    wiring: Wiring, emit: Emit
) -> None:
    events = [emit(payload={"n": n}) for n in (1, 2, 3, 4)]
    handler = Handler("me", unstorable)
    assert dispatcher(wiring).catch_up(handler) == 4
    found = [delivery(wiring, event.event_id) for event in events]
    assert [one.status for one in found] == [DEAD, DONE, DEAD, DONE]
    assert found[0].last_error
    assert found[0].last_error.outcome == POISON
    assert sorted(effects(wiring)) == sorted([events[1].event_id, events[3].event_id])


def test_a_handler_that_is_new_does_not_begin_with_the_events_of_years(
    wiring: Wiring, recorded: Emit
) -> None:
    recorded(recorded_at=datetime.now(UTC) - timedelta(days=1))
    assert dispatcher(wiring).catch_up(Handler("me", counting)) == 0


def test_a_handler_hears_of_all_that_came_after_it_though_the_schedule_rested(
    wiring: Wiring, emit: Emit, clock: SetClock
) -> None:
    handler = Handler("me", counting)
    assert dispatcher(wiring).catch_up(handler) == 0
    event = emit()
    clock.moment = datetime.now(UTC) + timedelta(days=2)
    assert dispatcher(wiring).catch_up(handler) == 1
    assert effects(wiring) == [event.event_id]


def test_a_handler_that_was_killed_is_followed_by_another_when_its_lease_ends(
    wiring: Wiring, emit: Emit, clock: SetClock
) -> None:
    event = emit()
    with pytest.raises(Killed):
        dispatcher(wiring).tell(Handler("me", raising(Killed())), event)
    handler = Handler("me", counting)
    dispatcher(wiring).tell(handler, event)
    dispatcher(wiring).catch_up(handler)
    assert effects(wiring) == []
    clock.moment = datetime.now(UTC) + LASTING
    assert dispatcher(wiring).catch_up(handler) == 1
    assert effects(wiring) == [event.event_id]


def test_one_whose_lease_has_ended_has_no_effect_beside_the_next(
    wiring: Wiring, emit: Emit, clock: SetClock
) -> None:
    """The slow one is overtaken while it works."""
    event, other = emit(), Handler("me", counting)

    def slow(happening: Happening, parts: Wiring) -> Sequence[Effect]:
        clock.moment = datetime.now(UTC) + LASTING
        assert dispatcher(wiring).catch_up(other) == 1
        return counting(happening, parts)

    dispatcher(wiring).tell(Handler("me", slow), event)
    assert effects(wiring) == [event.event_id]


@pytest.mark.parametrize(
    ("failure", "status", "outcome", "code"),
    [
        (DependencyUnavailable(reason="away"), FAILED, RETRYABLE, "dependency-unavailable"),
        (NotFound(reason="tenant"), DEAD, PERMANENT, "not-found"),
        (KeyError("price"), DEAD, POISON, "KeyError"),
    ],
)
def test_what_fails_is_tried_again_or_dead_with_its_cause(
    wiring: Wiring, emit: Emit, failure: Exception, status: str, outcome: str, code: str
) -> None:
    event = emit()
    dispatcher(wiring).tell(Handler("me", raising(failure)), event)
    found = delivery(wiring, event.event_id)
    assert found.last_error is not None
    assert (found.status, found.last_error.outcome, found.last_error.code) == (
        status,
        outcome,
        code,
    )
    assert found.last_error.reason
    assert effects(wiring) == []


def test_an_unknown_schema_version_is_dead_before_it_is_handled(wiring: Wiring, emit: Emit) -> None:
    event = emit(schema_version=2)
    dispatcher(wiring).tell(Handler("me", counting), event)
    found = delivery(wiring, event.event_id)
    assert found.last_error is not None
    assert (found.status, found.last_error.code) == (DEAD, "unknown_schema_version")
    assert effects(wiring) == []


def test_what_is_away_is_tried_until_it_is_back(
    wiring: Wiring, emit: Emit, clock: SetClock
) -> None:
    event, away = emit(), Handler("me", raising(DependencyUnavailable(reason="away")))
    dispatcher(wiring).tell(away, event)
    assert dispatcher(wiring).catch_up(away) == 0
    clock.moment = datetime.now(UTC) + timedelta(minutes=1)
    assert dispatcher(wiring).catch_up(away) == 1
    clock.moment += timedelta(hours=1)
    assert dispatcher(wiring).catch_up(Handler("me", counting)) == 1
    assert effects(wiring) == [event.event_id]


def test_what_stays_away_is_dead_in_the_end(wiring: Wiring, emit: Emit, clock: SetClock) -> None:
    event, away = emit(), Handler("me", raising(DependencyUnavailable(reason="away")))
    dispatcher(wiring).tell(away, event)
    clock.moment = datetime.now(UTC)
    for _ in range(MAX_ATTEMPTS):
        clock.moment += timedelta(days=1)
        dispatcher(wiring).catch_up(away)
    found = delivery(wiring, event.event_id)
    assert (found.status, found.attempts) == (DEAD, MAX_ATTEMPTS)
