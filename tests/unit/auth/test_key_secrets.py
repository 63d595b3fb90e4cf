"""A key's secrets: the one before, the new one, guesses, and their masks in logs."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth import api_keys
from shared.kernel.errors import InvalidCredentials
from tests.builders import NEW_YEAR
from tests.unit.auth.keys import PEPPER, Holding, auth_with, stored

GOOD = api_keys.make_key("live").text


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
