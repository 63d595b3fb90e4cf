"""API keys: a shape and a checksum before any read, a digest and an end after it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth import api_keys
from shared.kernel.errors import InvalidCredentials
from shared.kernel.settings import read_settings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import NEW_YEAR, api_key
from tests.unit.auth.keys import PEPPER, Holding, Untouched, auth_with, stored


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
