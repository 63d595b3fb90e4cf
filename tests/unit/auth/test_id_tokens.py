"""ID tokens: what is signed and stated just so is an identity, everything else is a 401."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.id_tokens import GoogleVerifier
from shared.auth.models import Identity
from shared.kernel.errors import InvalidCredentials, Problem, TokenExpired
from tests.builders import PROJECTS, claims, segment
from tests.signing import issuer
from tests.unit.auth.hostile import HOSTILE, NOW, forged, good

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def verify(token: str, now: datetime = NOW) -> Identity:
    return GoogleVerifier(issuer(), PROJECTS).verify(token, now)


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_token_is_refused_and_only_the_log_learns_why(
    make: Callable[[], str], reason: str
) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        verify(make())
    assert (refused.value.reason, refused.value.detail) == (reason, "")
    assert (refused.value.status, refused.value.code) == (401, "invalid-credentials")


def test_a_good_token_is_the_identity_that_it_states() -> None:
    found = verify(good(sub="me", email="Me@x.example", email_verified=True, name="Me"))
    assert (found.issuer, found.subject) == ("https://securetoken.google.com/demo-app", "me")
    assert (found.project, found.provider, found.auth_time) == ("demo-app", "password", NOW)
    assert (found.email, found.email_verified, found.display_name) == ("Me@x.example", True, "Me")


@pytest.mark.parametrize("sub", ["a/../b", "__x__", ".", "..", "\0", "s" * 128, "😀" * 128])
def test_a_subject_may_be_any_text_for_it_is_never_a_path(sub: str) -> None:
    assert verify(good(sub=sub)).subject == sub


@pytest.mark.parametrize("value", ["true", 1, [True], None, "yes"])
def test_an_email_is_verified_only_where_the_token_says_exactly_so(value: object) -> None:
    assert verify(good(email="a@b.example", email_verified=value)).email_verified is False


@pytest.mark.parametrize("firebase", [None, [], "password", {}, {"sign_in_provider": 7}])
def test_an_odd_provider_is_no_provider(firebase: object) -> None:
    assert verify(good(firebase=firebase)).provider == ""


def test_claims_that_a_project_made_up_are_ignored() -> None:
    made_up = {"admin": True, "role": "owner", "tid": "other", "userId": "somebody"}
    assert verify(good(sub="me", **made_up)) == verify(good(sub="me"))


@pytest.mark.parametrize("late", [timedelta(seconds=3610), timedelta(hours=2)])
def test_an_expired_token_is_said_to_be_expired(late: timedelta) -> None:
    with pytest.raises(TokenExpired):
        verify(good(), NOW + late)


@pytest.mark.parametrize("late", [timedelta(seconds=-10), timedelta(seconds=3609)])
def test_clocks_may_differ_by_ten_seconds(late: timedelta) -> None:
    assert verify(good(sub="me"), NOW + late).subject == "me"


def test_an_expired_token_that_nobody_signed_is_not_said_to_be_expired() -> None:
    with pytest.raises(InvalidCredentials):
        verify(forged(), NOW + timedelta(hours=2))


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_at_all_is_a_401(text: str) -> None:
    with pytest.raises(Problem) as refused:
        verify(text)
    assert refused.value.status == 401


@given(st.lists(st.binary(max_size=40), min_size=3, max_size=3))
def test_any_three_parts_are_a_401(raw: list[bytes]) -> None:
    with pytest.raises(InvalidCredentials):
        verify(".".join(segment(part) for part in raw))


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "x"]), JSON))
def test_any_header_at_all_is_an_identity_or_a_401(header: dict[str, Any]) -> None:
    _identity_or_401(issuer().token(claims(NOW), **header))


@given(st.dictionaries(st.sampled_from([*claims(NOW), "email", "email_verified", "name"]), JSON))
def test_any_claims_at_all_are_an_identity_or_a_401(stated: dict[str, Any]) -> None:
    _identity_or_401(good(**stated))


def _identity_or_401(token: str) -> None:
    """Raises, and so fails, for any other failure."""
    with suppress(InvalidCredentials, TokenExpired):
        assert verify(token).project in PROJECTS


@given(st.data())
def test_a_token_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    token = good()
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    with pytest.raises(InvalidCredentials):
        verify(token[:place] + other + token[place + 1 :])
