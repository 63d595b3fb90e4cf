"""Public keys while their server is away or ill, or says how long they are fresh."""

import pytest

from shared.kernel.errors import DependencyUnavailable
from shared.platform.keys import AHEAD, RETRY_SECONDS, STALE_SECONDS, PublicKeys
from tests.emulator.platform.clocks import Clock
from tests.emulator.platform.publisher import Publisher

ILL: dict[str, tuple[int, str]] = {
    "an error": (500, "{}"),
    "a page": (200, "<html>"),
    "a redirect": (302, "{}"),
    "no keys": (200, '{"keys": []}'),
    "no list": (200, "[]"),
    "no id": (200, '{"keys": [{"kty": "RSA"}]}'),
    "a broken key": (200, '{"keys": [{"kid": "key-1", "kty": "RSA", "n": "!", "e": "AQAB"}]}'),
    "a secret for a key": (200, '{"keys": [{"kid": "key-1", "kty": "oct", "k": "c2VjcmV0"}]}'),
}


@pytest.mark.parametrize(("status", "body"), ILL.values(), ids=ILL.keys())
def test_known_keys_last_through_an_outage_of_a_day_and_no_longer(
    keys: PublicKeys, publisher: Publisher, ticks: Clock, status: int, body: str
) -> None:
    keys.get("key-1")
    publisher.status, publisher.body = status, body
    ticks.now += STALE_SECONDS - 1
    assert keys.get("key-1")
    ticks.now += 1
    with pytest.raises(DependencyUnavailable):
        keys.get("key-1")


@pytest.mark.parametrize(("status", "body"), ILL.values(), ids=ILL.keys())
def test_without_keys_nothing_is_accepted_and_soon_asked_again(
    keys: PublicKeys, publisher: Publisher, ticks: Clock, status: int, body: str
) -> None:
    healthy = publisher.body
    publisher.status, publisher.body = status, body
    for _ in range(10):
        with pytest.raises(DependencyUnavailable):
            keys.get("key-1")
    assert publisher.fetches == 1
    publisher.status, publisher.body = 200, healthy
    ticks.now += RETRY_SECONDS
    assert keys.get("key-1")


def test_a_server_that_is_away_is_an_outage_too(ticks: Clock) -> None:
    with Publisher() as gone:
        pass
    with pytest.raises(DependencyUnavailable):
        PublicKeys(gone.url, ticks).get("key-1")


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("max-age=60", 60),
        ("public, MAX-AGE=x, max-age=120", 120),
        ("no-store", 300),
        ("max-age=-5", 300),
        ("max-age=\u00b2", 300),
        ("max-age=99999999999999999999", STALE_SECONDS / 2),
    ],
)
def test_keys_are_fresh_for_as_long_as_their_server_says_within_reason(
    keys: PublicKeys, publisher: Publisher, ticks: Clock, cache_control: str, seconds: float
) -> None:
    publisher.cache_control = cache_control
    keys.get("key-1")
    ticks.now += AHEAD * seconds - 1
    keys.get("key-1")
    assert publisher.fetches == 1
    ticks.now += seconds - AHEAD * seconds + 1
    keys.get("key-1")
    assert publisher.fetches == 2
