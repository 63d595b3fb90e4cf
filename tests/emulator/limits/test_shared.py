"""Limits that instances count together in Redis: exact, in one call, through an outage."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from shared.kernel.errors import DependencyUnavailable
from shared.kernel.limiting import Taken, Window
from shared.platform.limits import MemoryLimiter
from shared.platform.shared_limits import RedisLimiter, SharedLimiter
from tests.redis_server import Server

KEY = Window("key", 5, ("k",))
TENANT = Window("tenant", 3, ("t",))
WIDE = Window("user", 200, ("u",))


def instance(redis_server: Server) -> SharedLimiter:
    return SharedLimiter(RedisLimiter(redis_server.url), MemoryLimiter())


def remaining(taken: Taken) -> list[int]:
    return [left.remaining for left in taken.standings]


def test_two_instances_count_together(redis_server: Server) -> None:
    one, other = instance(redis_server), instance(redis_server)
    answers = [limiter.take([KEY]).allowed for limiter in (one, other) * 3]
    assert answers == [True] * 5 + [False]


def test_what_one_limit_denies_no_other_counts(redis_server: Server) -> None:
    limiter = instance(redis_server)
    for _ in range(3):
        limiter.take([TENANT])
    denied = [limiter.take([KEY, TENANT]) for _ in range(20)]
    assert not any(taken.allowed for taken in denied)
    assert {left.window.name for left in denied[-1].exhausted} == {"tenant"}
    assert remaining(limiter.take([KEY])) == [4]


def test_threads_and_instances_get_exactly_as_many_as_there_are(redis_server: Server) -> None:
    instances = [instance(redis_server) for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        taken = list(
            pool.map(lambda n: instances[n % 3].take([WIDE, KEY._replace(limit=900)]), range(300))
        )
    assert sum(answer.allowed for answer in taken) == 200
    assert remaining(instances[0].take([KEY._replace(limit=900)])) == [699]


def test_all_windows_of_a_request_are_one_call(redis_server: Server) -> None:
    limiter = instance(redis_server)
    limiter.take([KEY, TENANT, WIDE])  # the first sends the script
    before = redis_server.calls()
    limiter.take([KEY, TENANT, WIDE])
    assert redis_server.calls() - before == 1


def test_a_window_says_when_there_is_more(redis_server: Server) -> None:
    first = instance(redis_server).take([KEY]).standings[0]
    assert (first.window, first.remaining) == (KEY, 4)
    assert 59 < first.reset <= 60


def test_a_window_moves_on(redis_server: Server) -> None:
    limiter = instance(redis_server)
    for _ in range(5):
        limiter.take([KEY])
    with redis.Redis.from_url(redis_server.url) as client:
        (name,) = client.keys()
        ages = [time.time() - age for age in (1, 2, 3, 60.001, 75)]
        client.delete(name)
        client.rpush(name, *ages)
    assert remaining(limiter.take([KEY])) == [1]


def test_every_key_ends_by_itself(redis_server: Server) -> None:
    instance(redis_server).take([KEY, TENANT])
    with redis.Redis.from_url(redis_server.url) as client:
        assert all(0 < client.ttl(name) <= 60 for name in client.scan_iter())


def test_while_redis_is_away_an_instance_counts_alone(redis_server: Server) -> None:
    limiter = instance(redis_server)
    redis_server.stop()
    began = time.monotonic()
    assert [limiter.take([TENANT]).allowed for _ in range(4)] == [True, True, True, False]
    assert time.monotonic() - began < 1
    redis_server.start()


def test_while_redis_is_away_what_is_strict_is_refused(redis_server: Server) -> None:
    limiter = instance(redis_server)
    redis_server.stop()
    with pytest.raises(DependencyUnavailable):
        limiter.take([TENANT], strict=True)
    redis_server.start()


def test_once_redis_is_back_it_counts_again(redis_server: Server) -> None:
    limiter = instance(redis_server)
    limiter.take([KEY])
    redis_server.stop()
    limiter.take([KEY])
    redis_server.start()
    time.sleep(1.1)
    assert limiter.take([KEY], strict=True).allowed
    assert remaining(instance(redis_server).take([KEY])) == [3]


def test_a_value_of_another_kind_is_no_crash(redis_server: Server) -> None:
    limiter = instance(redis_server)
    limiter.take([KEY])
    with redis.Redis.from_url(redis_server.url) as client:
        (name,) = client.keys()
        client.delete(name)
        client.set(name, "x")
    assert limiter.take([KEY]).allowed


@pytest.fixture
def frozen(redis_server: Server) -> Iterator[Server]:
    """Redis that takes connections and never answers."""
    process = redis_server._process
    process.send_signal(19)
    yield redis_server
    process.send_signal(18)


def test_redis_that_hangs_holds_nobody_up(frozen: Server) -> None:
    limiter = instance(frozen)
    began = time.monotonic()
    for _ in range(20):
        limiter.take([WIDE])
    assert time.monotonic() - began < 0.25 * 2 + 0.5
