"""Decisions on a delivery: whatever is said in whatever order, it ends done or dead."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import attempts
from shared.events.documents import delivery_document, delivery_of
from shared.events.models import DEAD, DONE, FAILED, LEASED, PENDING, RETRYABLE, Cause, Delivery
from shared.kernel.errors import Conflict
from tests.builders import NEW_YEAR, event

BUSY = Cause("nacked", RETRYABLE, "busy")
SECOND = timedelta(seconds=1)
FRESH = attempts.pending(event(event_id="e"), "SMP", NEW_YEAR)


def taken(delivery: Delivery = FRESH, lease_id: str = "l") -> Delivery:
    return attempts.taken(delivery, lease_id, NEW_YEAR + SECOND, NEW_YEAR)


def failed(delivery: Delivery, lease_id: str | None = None) -> Delivery:
    return attempts.failed(delivery, BUSY, None, lease_id, NEW_YEAR)


def test_a_lease_counts_the_attempt_and_a_failure_under_it_does_not() -> None:
    assert (taken().status, taken().attempts) == (LEASED, 1)
    assert failed(taken(), "l").attempts == 1
    assert failed(FRESH).attempts == 1


def test_a_failure_reported_twice_under_one_lease_counts_once() -> None:
    once = failed(taken(), "l")
    assert failed(once, "l") == once
    assert failed(once).attempts == 2


@pytest.mark.parametrize("delivery", [FRESH, taken(), taken(taken(), "other")])
def test_a_lease_that_is_not_held_counts_for_nothing(delivery: Delivery) -> None:
    with pytest.raises(Conflict):
        failed(delivery, "stale")
    with pytest.raises(Conflict):
        attempts.done(delivery, "stale", NEW_YEAR)


def test_what_is_sent_again_is_out_of_the_hands_of_who_had_it() -> None:
    sent = attempts.again(taken(), NEW_YEAR, "replay")
    assert (sent.status, sent.attempts, sent.replay_id) == (PENDING, 0, "replay")
    with pytest.raises(Conflict):
        attempts.done(sent, "l", NEW_YEAR)


@given(st.integers(1, attempts.MAX_ATTEMPTS))
def test_back_off_grows_within_its_bounds(number: int) -> None:
    waits = attempts.back_off(replace(FRESH, attempts=number))
    plain = min(10 * 4 ** (number - 1), 6 * 3600)
    assert 0.8 * plain <= waits.total_seconds() <= 1.2 * plain


ACTED: Mapping[str, Callable[[Delivery], Delivery]] = {
    "take": taken,
    "fail": failed,
    "fail under lease": lambda delivery: failed(delivery, delivery.lease_id),
}
ACTS = st.lists(st.sampled_from(sorted(ACTED)), max_size=40)


@given(ACTS)
def test_nothing_is_tried_more_often_than_allowed_and_all_of_it_stays_due(acts: list[str]) -> None:
    delivery = FRESH
    for act in acts:
        if delivery.status == DEAD:
            break
        delivery = ACTED[act](delivery)
    assert delivery.attempts <= attempts.MAX_ATTEMPTS
    over = delivery.status in (DONE, DEAD)
    assert (delivery.next_attempt_at is None) is over
    assert not over or delivery.last_error


@given(st.sampled_from([FRESH, taken(), failed(taken()), attempts.done(taken(), "l", NEW_YEAR)]))
def test_a_delivery_is_kept_as_it_was_decided(delivery: Delivery) -> None:
    assert delivery_of(delivery_document(delivery)) == delivery


def test_a_failure_names_its_class_and_its_like() -> None:
    document = delivery_document(failed(taken()))
    assert document["lastError"] == {
        "code": "nacked",
        "class": RETRYABLE,
        "hash": document["lastError"]["hash"],
        "reason": "busy",
    }
    assert document["status"] == FAILED
