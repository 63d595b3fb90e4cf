"""Writes of many threads that share their calls: each has its own outcome."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.api_core.exceptions import InvalidArgument

from scripts.suite.counting import Costs, counted_client
from shared.kernel.errors import DependencyUnavailable
from shared.platform.shared_writes import SharedWrites
from shared.platform.wire import Wire
from tests.builders import unique

PROJECT = "demo-shared-writes"
THREADS = 24


def test_whoever_comes_together_shares_calls_and_nobody_elses_outcome() -> None:
    costs, name = Costs(), unique("together")
    wire = Wire(counted_client(PROJECT, costs))
    writes = SharedWrites(wire)
    taken = wire.creation(f"{name}/taken", {"n": 0})
    assert all(writes.each([taken]))
    barrier = threading.Barrier(THREADS)

    def write(number: int) -> tuple[bool, bool]:
        barrier.wait(10)
        own = wire.creation(f"{name}/{number}", {"n": number})
        first, second = writes.each([own, taken])
        return bool(first), bool(second)

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(write, range(THREADS)))
    assert outcomes == [(True, False)] * THREADS
    assert costs.writes == THREADS + 1


def test_documents_of_their_own_travel_together() -> None:
    costs, name = Costs(), unique("together")
    wire = Wire(counted_client(PROJECT, costs))
    writes = SharedWrites(wire)
    barrier = threading.Barrier(THREADS)

    def write(number: int) -> bool:
        barrier.wait(10)
        return all(writes.each([wire.creation(f"{name}/{number}", {"n": number})]))

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(write, range(THREADS)))
    assert costs.writes == THREADS
    assert costs.calls < THREADS


def test_what_is_no_write_stops_nobody_elses() -> None:
    name = unique("bad")
    wire = Wire(counted_client(PROJECT, Costs()))
    writes, barrier = SharedWrites(wire), threading.Barrier(THREADS)

    def write(number: int) -> bool:
        barrier.wait(10)
        content = {"n": number} if number else {"__reserved__": 0}
        try:
            return all(writes.each([wire.creation(f"{name}/{number}", content)]))
        except InvalidArgument:
            return False

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(write, range(THREADS))) == [False, *[True] * (THREADS - 1)]


def test_who_cannot_write_is_told_so_and_the_next_may(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(counted_client(PROJECT, Costs()))
    writes, path = SharedWrites(wire), f"{unique('away')}/a"

    def away(_: object) -> list[object]:
        raise DependencyUnavailable(reason="away")

    with monkeypatch.context() as patched:
        patched.setattr(wire, "commit_each", away)
        with pytest.raises(DependencyUnavailable):
            writes.each([wire.creation(path, {})])
    assert all(writes.each([wire.creation(path, {})]))
