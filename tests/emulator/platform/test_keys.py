"""Public keys from a real server: fetched once, kept through an outage, never wiped."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shared.auth.id_tokens import GoogleVerifier
from shared.platform.keys import AHEAD, COOLDOWN_SECONDS, PublicKeys
from tests.builders import NEW_YEAR, PROJECTS, claims
from tests.emulator.platform.clocks import Clock
from tests.emulator.platform.publisher import HOUR, Publisher
from tests.signing import issuer


def test_a_token_is_verified_with_a_fetched_key(keys: PublicKeys) -> None:
    token = issuer().token(claims(NEW_YEAR, sub="me"))
    assert GoogleVerifier(keys, PROJECTS).verify(token, NEW_YEAR).subject == "me"


def test_keys_are_fetched_once_for_as_long_as_they_are_fresh(
    keys: PublicKeys, publisher: Publisher, ticks: Clock
) -> None:
    for second in range(0, int(AHEAD * HOUR), 60):
        ticks.now = 1000.0 + second
        assert keys.get("key-1")
    assert publisher.fetches == 1
    ticks.now = 1000.0 + HOUR
    assert keys.get("key-1")
    assert publisher.fetches == 2


def test_keys_are_fetched_ahead_while_nobody_waits(
    keys: PublicKeys, publisher: Publisher, ticks: Clock
) -> None:
    keys.get("key-1")
    publisher.answering.clear()
    publisher.publish("key-1", "key-2")
    ticks.now += AHEAD * HOUR
    assert all(keys.get("key-1") for _ in range(100))
    publisher.answering.set()
    eventually(lambda: keys.get("key-2") is not None)
    assert publisher.fetches == 2


def test_keys_are_there_before_anybody_asks(keys: PublicKeys, publisher: Publisher) -> None:
    keys.prefetch()
    eventually(lambda: publisher.fetches == 1)
    assert keys.get("key-1")
    assert publisher.fetches == 1


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_forty_threads_at_a_cold_start_fetch_once(keys: PublicKeys, publisher: Publisher) -> None:
    with ThreadPoolExecutor(40) as threads:
        assert all(threads.map(keys.get, ["key-1"] * 40))
    assert publisher.fetches == 1


def test_a_flood_of_unknown_ids_costs_one_fetch_a_cooldown(
    keys: PublicKeys, publisher: Publisher, ticks: Clock
) -> None:
    keys.get("key-1")
    for second in (1, COOLDOWN_SECONDS):
        ticks.now = 1000.0 + second
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(keys.get, [f"unknown-{n}" for n in range(1000)]))
        assert found == [None] * 1000
        assert keys.get("key-1")
    assert publisher.fetches == 2


def test_while_one_thread_asks_again_the_others_are_not_kept_waiting(
    keys: PublicKeys, publisher: Publisher, ticks: Clock
) -> None:
    keys.get("key-1")
    publisher.answering.clear()
    ticks.now += HOUR
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(keys.get, "key-1")
        while publisher.fetches < 2:
            time.sleep(0.001)
        assert keys.get("key-1")
        publisher.answering.set()
        assert slow.result()


def test_a_new_key_is_found_after_the_cooldown(
    keys: PublicKeys, publisher: Publisher, ticks: Clock
) -> None:
    keys.get("key-1")
    publisher.publish("key-1", "key-2")
    assert keys.get("key-2") is None
    ticks.now += COOLDOWN_SECONDS
    assert keys.get("key-2")


def test_a_key_that_was_withdrawn_is_forgotten(
    keys: PublicKeys, publisher: Publisher, ticks: Clock
) -> None:
    keys.get("key-1")
    publisher.publish("key-2")
    ticks.now += HOUR
    assert keys.get("key-1") is None
