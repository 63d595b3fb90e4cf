"""Documents of many threads in shared calls: each is read after it was asked for, or refused."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google.api_core import exceptions as google
from google.cloud.firestore_v1 import types

from scripts.suite.counting import Costs, counted_client
from shared.platform.calls import Calls
from shared.platform.shared_calls import MOST_BYTES, SharedCalls
from tests.builders import unique

PROJECT = "demo-shared-calls"
ROOT = f"projects/{PROJECT}/databases/(default)/documents"
THREADS = 24


@pytest.fixture
def costs() -> Costs:
    return Costs()


@pytest.fixture
def shared(costs: Costs) -> SharedCalls:
    return SharedCalls(Calls(counted_client(PROJECT, costs)))


def creation(name: str, text: str = "") -> Any:
    write = types.Write.pb()(current_document={"exists": False})
    write.update.name = name
    write.update.fields["text"].string_value = text
    return write


def at_once(work: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(THREADS)

    def one(number: int) -> Any:
        barrier.wait(10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def names(kind: str, count: int = THREADS) -> list[str]:
    collection = unique(kind)
    return [f"{ROOT}/{collection}/{number}" for number in range(count)]


def test_who_reads_together_gets_their_own_document(shared: SharedCalls, costs: Costs) -> None:
    mine = names("read")
    for name in mine[::2]:
        shared.commit([creation(name, name)])
    before = costs.calls
    found = at_once(lambda number: shared.one(mine[number]))
    texts = [document and document.fields["text"].string_value for document in found]
    assert texts == [name if at % 2 == 0 else None for at, name in enumerate(mine)]
    assert costs.calls - before < THREADS


def test_who_reads_one_document_together_gets_it(shared: SharedCalls) -> None:
    (name,) = names("one", 1)
    shared.commit([creation(name, "here")])
    found = at_once(lambda _: shared.one(name))
    assert {document.fields["text"].string_value for document in found} == {"here"}


def test_writes_of_their_own_travel_together(shared: SharedCalls, costs: Costs) -> None:
    mine = names("write")
    at_once(lambda number: shared.commit([creation(mine[number])]))
    assert costs.writes == THREADS
    assert costs.calls < THREADS
    assert all(shared.one(name) for name in mine)


def test_of_those_who_want_one_document_one_gets_it(shared: SharedCalls) -> None:
    (name,) = names("contended", 1)

    def attempt(number: int) -> bool:
        try:
            shared.commit([creation(name, str(number))])
        except google.AlreadyExists:
            return False
        return True

    winners = [number for number, won in enumerate(at_once(attempt)) if won]
    assert len(winners) == 1
    assert shared.one(name).fields["text"].string_value == str(winners[0])


def test_what_cannot_be_written_hears_why_and_stops_nobody(shared: SharedCalls) -> None:
    mine = names("bad")
    bad = creation(mine[0])
    bad.update.fields["__reserved__"].string_value = "no"

    def attempt(number: int) -> str:
        try:
            shared.commit([creation(mine[number]) if number else bad])
        except google.InvalidArgument:
            return "refused"
        return "done"

    assert at_once(attempt) == ["refused", *["done"] * (THREADS - 1)]
    assert shared.one(mine[0]) is None


def test_large_writes_and_several_go_by_themselves(shared: SharedCalls, costs: Costs) -> None:
    first, second, large = names("alone", 3)
    shared.commit([creation(first), creation(second)])
    with pytest.raises(google.AlreadyExists):
        shared.commit([creation(large), creation(first)])
    assert shared.one(large) is None
    before = costs.commits
    at_once(lambda number: shared.commit([creation(f"{large}{number}", "x" * MOST_BYTES)]))
    assert costs.commits - before == THREADS


def test_who_finds_nobody_is_told_and_the_next_may(
    shared: SharedCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = names("away", 1)

    def away(_: object, __: Iterable[Any]) -> None:
        raise google.ServiceUnavailable("away")  # type: ignore[no-untyped-call]  # untyped library

    with monkeypatch.context() as patched:
        patched.setattr(Calls, "commit", away)
        with pytest.raises(google.ServiceUnavailable):
            shared.commit([creation(name)])
    shared.commit([creation(name)])
    assert shared.one(name)
