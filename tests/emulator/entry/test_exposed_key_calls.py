"""API keys where none belongs, and guesses at them."""

from typing import Any

import pytest

from shared.auth import api_keys
from shared.wiring import Wiring
from tests.emulator.entry.clients import UNKNOWN, AsUser
from tests.emulator.entry.keys import KEYS, actions, issued, rotated, using, wanted
from tests.emulator.entry.people import Tenant, peopled
from tests.unit.entry.calls import code


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, "owner", "admin", "editor")


EXPOSED: dict[str, Any] = {
    "in the path": lambda key: ("DELETE", f"{KEYS}/{key}", None),
    "in the query": lambda key: ("GET", f"{KEYS}?cursor={key}", None),
    "in a body": lambda key: ("POST", KEYS, wanted(name=key)),
}


@pytest.mark.parametrize("exposing", EXPOSED.values(), ids=EXPOSED.keys())
def test_a_key_out_of_its_place_is_refused_and_told_of_once(
    tenant: Tenant, exposing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = tenant.who["owner"]
    key = issued(owner)["key"]
    for _ in range(2):
        assert code(owner.send(*exposing(key))) == (400, "invalid-request")
    assert actions(tenant) == ["api-key.exposed", "api-key.create"]
    assert key not in capsys.readouterr().out
    assert key not in owner.get("/api/v1/auth/audit").get_data(as_text=True)


def test_what_only_looks_like_a_key_is_told_of_to_nobody(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    other = rotated(owner, made["keyId"], overlapSeconds=0).get_json()
    assert code(owner.delete(f"{KEYS}/{made['key']}")) == (400, "invalid-request")
    assert "api-key.exposed" not in actions(tenant)
    assert using(owner, other["key"]).status_code == 200


def test_a_guess_at_a_key_hides_nothing_of_what_happens_to_it(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    guess = api_keys.make_key("dev", made["keyId"]).text
    for text in (guess, made["key"]):
        assert code(owner.delete(f"{KEYS}/{text}")) == (400, "invalid-request")
    assert actions(tenant) == ["api-key.exposed", "api-key.create"]


def test_two_keys_in_one_request_are_none(tenant: Tenant) -> None:
    key = issued(tenant.who["owner"])["key"]
    assert code(using(tenant.who["owner"], f"{key}, {key}")) == (400, "invalid-request")


def test_whoever_guesses_at_a_key_takes_nothing_from_its_owner(tenant: Tenant) -> None:
    """A wrong secret that has the shape and the checksum, again and again."""
    owner, made = tenant.who["owner"], issued(tenant.who["owner"])
    guess = api_keys.make_key("dev", made["keyId"]).text
    assert {code(using(owner, guess)) for _ in range(5)} == {UNKNOWN}
    assert using(owner, made["key"]).status_code == 200
