"""API keys: a shape and a checksum before any read, a digest and an end after it."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth import api_keys
from shared.auth.callers import Callers
from shared.auth.key_store import ApiKeys
from shared.auth.known_keys import KnownKeys
from shared.auth.models import ApiKey
from shared.auth.service import Auth
from shared.auth.store import Tenants
from shared.auth.user_store import Users
from shared.kernel.errors import InvalidCredentials
from shared.kernel.settings import Settings, UnsafeSettings, read_settings
from tests.builders import LIVE, NEW_YEAR, api_key
from tests.unit.auth.standing import Upright

PEPPER = b"pepper"


class Untouched(ApiKeys):
    """A store that nobody may ask."""

    def __init__(self) -> None:
        pass

    def get(self, key_id: str) -> ApiKey | None:
        raise AssertionError(f"a read was spent on {key_id}")


class Holding(Untouched):
    """A store that holds one key, and counts who asks for it."""

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.asked = 0
        self.uses: list[datetime] = []

    def get(self, key_id: str) -> ApiKey | None:
        self.asked += 1
        return self.key if key_id == self.key.key_id else None

    def note_use(self, key: ApiKey, now: datetime) -> None:
        self.uses.append(now)


def auth_with(keys: ApiKeys, settings: Settings | None = None) -> Auth:
    callers, users = object.__new__(Callers), object.__new__(Users)
    known_keys = KnownKeys(keys, Upright(), settings or read_settings(LIVE), lambda: NEW_YEAR)
    return Auth(callers, users, object.__new__(Tenants), known_keys)


def stored(made: api_keys.NewKey) -> ApiKey:
    return api_key(key_id=made.key_id, digest=api_keys.digest(made.text, PEPPER))


def test_a_new_key_is_known_by_its_id() -> None:
    made = api_keys.make_key("live")
    assert api_keys.key_id(made.text, "live") == made.key_id
    assert made.text.startswith(f"hy_sk_live_{made.key_id}_")


def test_no_two_keys_are_alike() -> None:
    assert len({api_keys.make_key("live") for _ in range(100)}) == 100


def test_a_key_names_its_caller() -> None:
    made = api_keys.make_key("live")
    caller = auth_with(Holding(stored(made))).caller_with_key(made.text)
    assert (caller.name, caller.platform) == (f"key:{made.key_id}", False)


GOOD = api_keys.make_key("live").text
MISSHAPEN = {
    "empty": "",
    "one short": GOOD[:-1],
    "one long": GOOD + "a",
    "a space behind": GOOD + " ",
    "a new line behind": GOOD + "\n",
    "a NUL": GOOD[:-1] + "\0",
    "not ASCII": GOOD[:-1] + "é",
    "digits of another script": GOOD[:-1] + "٣",
    "in capitals": GOOD.upper(),
    "of 10 kB": GOOD * 140,
    "another kind": GOOD.replace("sk", "pk", 1),
    "another checksum": GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"),
    "a secret changed": GOOD[:30] + ("0" if GOOD[30] != "0" else "1") + GOOD[31:],
    "path": GOOD.replace(GOOD[11:27], "../../../../../."),
}


@pytest.mark.parametrize("text", MISSHAPEN.values(), ids=MISSHAPEN.keys())
def test_a_misshapen_key_costs_no_read(text: str) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        auth_with(Untouched()).caller_with_key(text)
    assert refused.value.reason == "key_shape"


@given(st.text() | st.from_regex(api_keys.SHAPE, fullmatch=True))
def test_any_text_at_all_is_a_401_without_a_read(text: str) -> None:
    with pytest.raises(InvalidCredentials):
        auth_with(Untouched()).caller_with_key(text)


def test_a_key_of_another_environment_costs_no_read() -> None:
    with pytest.raises(InvalidCredentials) as refused:
        auth_with(Untouched()).caller_with_key(api_keys.make_key("dev").text)
    assert refused.value.reason == "key_environment"


def test_a_known_id_with_another_secret_is_refused() -> None:
    made = api_keys.make_key("live")
    held = Holding(api_key(key_id=made.key_id, digest=api_keys.digest(GOOD, PEPPER)))
    with pytest.raises(InvalidCredentials) as refused:
        auth_with(held).caller_with_key(made.text)
    assert refused.value.reason == "key_secret"


def test_an_unknown_id_is_refused_like_a_wrong_secret() -> None:
    with pytest.raises(InvalidCredentials) as refused:
        api_keys.checked(None, GOOD, PEPPER, NEW_YEAR)
    assert refused.value.reason == "key_secret"


def test_a_key_under_another_pepper_is_refused() -> None:
    made = api_keys.make_key("live")
    with pytest.raises(InvalidCredentials):
        api_keys.checked(stored(made), made.text, b"other", NEW_YEAR)


@pytest.mark.parametrize(
    "changes",
    [
        {"revoked": True},
        {"expires_at": NEW_YEAR},
        {"expires_at": NEW_YEAR - timedelta(seconds=1)},
    ],
)
def test_a_revoked_or_expired_key_is_refused(changes: dict[str, object]) -> None:
    made = api_keys.make_key("live")
    ended = api_key(digest=api_keys.digest(made.text, PEPPER), **changes)
    with pytest.raises(InvalidCredentials) as refused:
        api_keys.checked(ended, made.text, PEPPER, NEW_YEAR)
    assert refused.value.reason == "key_ended"


def test_a_key_is_read_once_in_ten_seconds_however_often_it_is_tried() -> None:
    made = api_keys.make_key("live")
    held = Holding(stored(made))
    auth = auth_with(held)
    assert [auth.caller_with_key(made.text).key for _ in range(3)] == [held.key] * 3
    assert held.asked == 1


def test_without_a_pepper_no_key_is_checked() -> None:
    with pytest.raises(UnsafeSettings):
        auth_with(Untouched(), read_settings({"HYPHAE_HUB": "real-hub"}))


@given(st.integers(-10, 10))
def test_the_secret_before_is_good_until_the_overlap_ends_and_no_longer(seconds: int) -> None:
    """At the very moment at which it ends, it has ended."""
    first = api_keys.make_key("live")
    second = api_keys.make_key("live", first.key_id)
    key = replace(
        stored(second), previous=api_keys.digest(first.text, PEPPER), previous_until=NEW_YEAR
    )
    now = NEW_YEAR + timedelta(seconds=seconds)
    assert api_keys.checked(key, second.text, PEPPER, now) is key
    with nullcontext() if seconds < 0 else pytest.raises(InvalidCredentials):
        api_keys.checked(key, first.text, PEPPER, now)


@given(st.text(), st.text())
def test_a_key_is_found_and_masked_wherever_it_stands(before: str, after: str) -> None:
    text = f"{before}/{GOOD}/{after}"
    assert api_keys.found_in(text) == GOOD
    assert GOOD not in api_keys.without_credentials(text)


@pytest.mark.parametrize(
    "secret", [GOOD[:-1], f"hy_rt_live_{'x-_9' * 20}", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."]
)
def test_a_part_of_a_key_and_any_token_are_masked_for_logs(secret: str) -> None:
    assert api_keys.without_credentials(f"/auth/sessions/{secret}/x") == "/auth/sessions/***/x"


def test_a_new_secret_opens_at_once_where_the_old_one_is_remembered() -> None:
    first = api_keys.make_key("live")
    second = api_keys.make_key("live", first.key_id)
    held = Holding(stored(first))
    auth = auth_with(held)
    auth.caller_with_key(first.text)
    held.key = stored(second)
    assert auth.caller_with_key(second.text).key == held.key


def test_guesses_at_a_known_key_cost_two_reads_and_not_the_owner() -> None:
    made = api_keys.make_key("live")
    held = Holding(stored(made))
    auth = auth_with(held)
    guess = api_keys.make_key("live", made.key_id).text
    for _ in range(300):
        with pytest.raises(InvalidCredentials):
            auth.caller_with_key(guess)
    assert held.asked == 2
    assert auth.caller_with_key(made.text).key == held.key
