"""What an instance remembers: for as long as said, never a failure, and from any thread."""

import itertools
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.platform.cache import Remembered


class Counting:
    """Loads 1, 2, 3 ..., and counts that way how often it was asked."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self) -> int:
        return next(self._numbers)


class Ticks:
    """A clock that goes on by a step whenever somebody looks."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_a_value_is_loaded_once() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    load = Counting()
    assert [remembered.get("a", load) for _ in range(3)] == [1, 1, 1]
    assert remembered.get("b", load) == 2


def test_none_is_remembered_too() -> None:
    remembered: Remembered[str, int | None] = Remembered(10)
    assert remembered.get("a", lambda: None) is None
    assert remembered.get("a", Counting()) is None


def test_a_value_ends_when_its_time_is_over() -> None:
    clock = Ticks()
    remembered: Remembered[str, int] = Remembered(10, monotonic=clock)
    load = Counting()
    remembered.get("a", load)
    clock.now = 9.9
    assert remembered.get("a", load) == 1
    clock.now = 10.0
    assert remembered.get("a", load) == 2


def test_being_asked_does_not_make_a_value_last() -> None:
    clock = Ticks()
    remembered: Remembered[str, int] = Remembered(10, monotonic=clock)
    load = Counting()
    for second in range(10):
        clock.now = float(second)
        assert remembered.get("a", load) == 1
    clock.now = 10.0
    assert remembered.get("a", load) == 2


def test_a_value_that_ends_while_it_is_looked_up_is_loaded_again() -> None:
    remembered: Remembered[str, int] = Remembered(1, monotonic=Ticks(step=0.6))
    load = Counting()
    assert [remembered.get("a", load) for _ in range(4)][-1] >= 1


def test_a_failure_to_load_is_not_remembered() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    with pytest.raises(ZeroDivisionError):
        remembered.get("a", lambda: 1 // 0)
    assert remembered.get("a", Counting()) == 1


def test_what_is_forgotten_is_loaded_again() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    load = Counting()
    remembered.get("a", load)
    remembered.forget("a")
    remembered.forget("never known")
    assert remembered.get("a", load) == 2


def test_only_so_many_are_remembered() -> None:
    remembered: Remembered[int, int] = Remembered(10, entries=3)
    load = Counting()
    for key in range(5):
        remembered.get(key, load)
    assert remembered.get(4, load) == 5
    assert remembered.get(0, load) == 6


def test_a_slow_load_of_one_key_keeps_no_other_waiting() -> None:
    remembered: Remembered[str, int] = Remembered(10)
    done = threading.Event()

    def slow() -> int:
        done.wait(5)
        return 1

    with ThreadPoolExecutor(1) as threads:
        loading = threads.submit(remembered.get, "slow", slow)
        assert remembered.get("fast", lambda: 2) == 2
        done.set()
        assert loading.result() == 1


def test_many_threads_see_the_same_values() -> None:
    remembered: Remembered[int, int] = Remembered(10, entries=50)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: remembered.get(n % 7, lambda: n % 7), range(700)))
    assert found == [n % 7 for n in range(700)]


def test_what_is_forgotten_while_it_is_loaded_is_not_remembered() -> None:
    """It may have been read before it changed."""
    known: Remembered[str, str] = Remembered(10)

    def load() -> str:
        known.forget("a")
        return "old"

    assert known.get("a", load) == "old"
    assert known.get("a", lambda: "new") == "new"


def test_what_is_learned_is_remembered_unless_something_is_forgotten_meanwhile() -> None:
    known: Remembered[str, str] = Remembered(10)

    def load() -> dict[str, str]:
        known.forget("b")
        return {"b": "old"}

    assert known.learn(lambda: {"a": "A"}) == {"a": "A"}
    assert known.learn(load) == {"b": "old"}
    assert [known.get(key, lambda: "read") for key in "ab"] == ["A", "read"]


def test_several_are_loaded_together_and_only_those_that_are_missing() -> None:
    known: Remembered[str, str] = Remembered(10)
    asked: list[list[str]] = []

    def load(keys: Collection[str]) -> dict[str, str]:
        asked.append(list(keys))
        return {key: key.upper() for key in keys}

    assert known.get_all(["a"], load) == {"a": "A"}
    assert known.get_all(["a", "b"], load) == {"a": "A", "b": "B"}
    assert asked == [["a"], ["b"]]
