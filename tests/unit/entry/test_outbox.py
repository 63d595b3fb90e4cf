"""Messages that came in one document: what becomes of one is no other's concern."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.entry.deliveries import BadEvent
from shared.entry.outbox import deliver_each
from shared.kernel.errors import Conflict, DependencyUnavailable
from shared.platform.documents import DocumentChange, read_change
from shared.tokens.outbox import announcement
from tests.unit.sync.builders import document, event

TEN = list(range(10))


def written(messages: Any) -> DocumentChange:
    found = read_change(event(new=document({"messages": messages})), "event", datetime.now(UTC))
    assert found
    return found


def as_it_is(message: Any) -> int:
    return int(message)


def failing(failures: dict[int, Exception], heard: list[int]) -> Callable[[int], None]:
    def deliver(number: int) -> None:
        if number in failures:
            raise failures[number]
        heard.append(number)

    return deliver


@pytest.mark.parametrize(
    "failure", [BadEvent("no"), Conflict(), DependencyUnavailable(), TypeError(), OverflowError()]
)
@pytest.mark.parametrize("number", [0, 9])
def test_one_that_fails_keeps_no_other(failure: Exception, number: int) -> None:
    heard: list[int] = []
    with pytest.raises(type(failure)):
        deliver_each(written(TEN), as_it_is, failing({number: failure}, heard))
    assert sorted(heard) == [each for each in TEN if each != number]


def test_what_may_work_later_brings_all_again() -> None:
    failures = {0: BadEvent("no"), 1: Conflict(), 2: TypeError()}
    with pytest.raises(TypeError):
        deliver_each(written(TEN), as_it_is, failing(failures, []))


def test_what_cannot_be_read_is_named_and_keeps_no_other() -> None:
    def read(number: Any) -> int:
        if number == 3:
            raise OverflowError("too late")
        return int(number)

    heard: list[int] = []
    with pytest.raises(BadEvent, match=r"messages\[3\]: OverflowError: too late"):
        deliver_each(written(TEN), read, heard.append)
    assert sorted(heard) == [each for each in TEN if each != 3]


def test_none_waits_for_another() -> None:
    together = threading.Barrier(len(TEN), timeout=10)

    def deliver(_: int) -> None:
        together.wait()

    deliver_each(written(TEN), as_it_is, deliver)


@pytest.mark.parametrize("odd", [{"eventType": 1}, {"accountId": None}, {"payload": "text"}])
def test_what_could_never_be_announced_is_no_message(odd: dict[str, Any]) -> None:
    told = {"eventType": "t", "occasion": "o", "accountId": "a", "payload": {}}
    assert announcement(told).payload == {}
    with pytest.raises((TypeError, ValueError)):
        announcement(told | odd)
