"""Rate limits in memory: exact in every minute, all windows or none, bounded."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.limiting import Window, read_limits
from shared.kernel.unsafe import UnsafeSettings
from shared.platform.limits import MemoryLimiter

KEY, TENANT = Window("key", 4, ("k",)), Window("tenant", 6, ("t",))
PARTS = st.lists(st.text("ab/%{} ", min_size=1, max_size=4), min_size=1, max_size=3).map(tuple)


class SetTime:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0, 40), st.sampled_from("ab")), max_size=60))
def test_no_minute_has_more_than_a_limit_and_what_is_denied_counts_nowhere(
    steps: list[tuple[float, str]],
) -> None:
    clock = SetTime()
    limiter = MemoryLimiter(clock)
    taken: list[tuple[float, str]] = []
    for wait, who in steps:
        clock.now += wait
        minute = [other for at, other in taken if at > clock.now - 60]
        room = minute.count(who) < 4 and len(minute) < 6
        assert limiter.take([KEY._replace(parts=(who,)), TENANT]).allowed is room
        taken += [(clock.now, who)] if room else []


def test_what_one_limit_denies_no_other_counts() -> None:
    limiter = MemoryLimiter(SetTime())
    for _ in range(20):
        last = limiter.take([TENANT, KEY])
    assert [left.remaining for left in last.standings] == [2, 0]
    assert last.exhausted == [last.standings[1]]


def test_there_is_more_when_the_oldest_is_a_minute_old() -> None:
    clock = SetTime()
    limiter = MemoryLimiter(clock)
    for _ in range(4):
        limiter.take([KEY])
        clock.now += 10
    denied = limiter.take([KEY])
    assert (denied.allowed, denied.retry_after) == (False, 20)
    clock.now += denied.retry_after
    assert limiter.take([KEY]).allowed


@given(PARTS, PARTS)
def test_no_two_partitions_meet(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    same = KEY._replace(parts=one).partition == KEY._replace(parts=other).partition
    assert same is (one == other)


def test_looking_counts_nothing() -> None:
    limiter = MemoryLimiter()
    assert [limiter.look([KEY]).allowed for _ in range(9)] == [True] * 9


def test_threads_get_exactly_as_many_as_there_are() -> None:
    limiter = MemoryLimiter()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: limiter.take([KEY._replace(limit=50)]), range(400)))
    assert sum(answer.allowed for answer in taken) == 50


def test_what_is_remembered_is_bounded() -> None:
    limiter = MemoryLimiter(most_windows=10)
    for number in range(1_000):
        limiter.take([KEY._replace(parts=(str(number),))])
    assert [limiter.take([KEY._replace(parts=("999",))]).standings[0].remaining] == [2]


@pytest.mark.parametrize(
    "environ",
    [
        {"HYPHAE_RATE_LIMITS": "6000"},
        {"HYPHAE_RATE_LIMITS": '{"key": 0}'},
        {"HYPHAE_RATE_LIMITS": '{"key": true}'},
        {"HYPHAE_RATE_LIMITS": '{"keys": 6000}'},
        {"HYPHAE_FORWARDED_HOPS": "-1"},
        {"REDIS_URL": "http://127.0.0.1:6379"},
        {"REDIS_URL": "redis://"},
        {"REDIS_URL": "redis://redis.example:6379"},
    ],
)
def test_limits_that_are_none_stop_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(UnsafeSettings):
        read_limits(environ, local=True)


def test_one_limit_may_be_set_without_the_others() -> None:
    limits = read_limits({"HYPHAE_RATE_LIMITS": '{"key": 600}'}, local=False).a_minute
    assert (limits["key"], limits["user"]) == (600, 30_000)
