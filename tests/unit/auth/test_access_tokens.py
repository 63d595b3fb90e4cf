"""Access tokens of ours: what we made is read, what anybody else made is a 401."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.access_tokens import AccessTokens
from shared.auth.models import Access
from shared.auth.signing_keys import ES256, SigningKeys
from shared.kernel.errors import DependencyUnavailable, InvalidCredentials, TokenExpired
from tests.builders import NEW_YEAR, PROJECTS, claims, segment, without
from tests.signing import issuer

SECOND = int(NEW_YEAR.timestamp())
KEYS, OTHERS = SigningKeys([11, 12]), SigningKeys([13, 14])
ISSUER = "https://demo-hub.web.app"
TOKENS = AccessTokens(KEYS, ISSUER, PROJECTS)
ACCESS = Access("jti-1", "u", "demo-app", SECOND, SECOND + 300, SECOND - 60, 3, "s", 2)
FULL = replace(
    ACCESS, tenant_id="t", tenant_epoch=1, scope=frozenset({"a:b:c", "d:e:f"}), act={"sub": "key:k"}
)
ALONE = replace(FULL, session_id=None, session_epoch=0)
STATED: dict[str, Any] = jwt.decode(TOKENS.make(FULL), options={"verify_signature": False})


def signed(stated: Any, keys: SigningKeys = KEYS, **header: Any) -> str:
    """Whatever is stated, under whatever header, by the first of the keys."""
    right = {"alg": "ES256", "typ": "at+jwt", "kid": keys.published()[0]["kid"]}
    text = f"{segment(right | header)}.{segment(stated)}"
    assert keys._signer
    return f"{text}.{segment(ES256.sign(text.encode(), keys._signer))}"


def claiming(**changes: Any) -> str:
    return signed(STATED | changes)


def headed(**changes: Any) -> str:
    return signed(STATED, **changes)


@pytest.mark.parametrize("access", [ACCESS, FULL, ALONE])
def test_what_was_made_is_read(access: Access) -> None:
    assert TOKENS.verify(TOKENS.make(access), NEW_YEAR) == access


def test_a_token_is_small_and_says_its_type_and_one_audience() -> None:
    token = TOKENS.make(FULL)
    header = jwt.get_unverified_header(token)
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    assert header["kid"] == KEYS.published()[0]["kid"]
    assert STATED["aud"] == STATED["client_id"] == "demo-app"
    assert len(token) < 1500


def test_everybody_else_verifies_it_with_what_is_published() -> None:
    keys = jwt.PyJWKSet.from_dict({"keys": KEYS.published()})
    token = TOKENS.make(ACCESS)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    passed = jwt.decode(
        token, key, ["ES256"], audience="demo-app", issuer=ISSUER, options={"verify_exp": False}
    )
    assert passed["sub"] == "u"


def test_after_a_rotation_the_old_tokens_are_still_good() -> None:
    rotated = SigningKeys([12, 11])
    assert AccessTokens(rotated, ISSUER, PROJECTS).verify(TOKENS.make(ACCESS), NEW_YEAR) == ACCESS
    new = AccessTokens(rotated, ISSUER, PROJECTS).make(ACCESS)
    assert TOKENS.verify(new, NEW_YEAR) == ACCESS


def test_a_key_is_named_by_its_thumbprint() -> None:
    """RFC 7638: SHA-256 over its members in alphabetical order, without spaces."""
    key = KEYS.published()[0]
    members = f'{{"crv":"P-256","kty":"EC","x":"{key["x"]}","y":"{key["y"]}"}}'
    assert key["kid"] == segment(hashlib.sha256(members.encode()).digest())
    assert len({found["kid"] for found in KEYS.published()}) == 2


def test_without_keys_nothing_is_signed_or_accepted() -> None:
    none = AccessTokens(SigningKeys([]), ISSUER, PROJECTS)
    with pytest.raises(DependencyUnavailable):
        none.make(ACCESS)
    with pytest.raises(InvalidCredentials):
        none.verify(TOKENS.make(ACCESS), NEW_YEAR)


HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    "alg none": (lambda: headed(alg="none"), "alg"),
    "alg HS256": (lambda: headed(alg="HS256"), "alg"),
    "alg RS256": (lambda: headed(alg="RS256"), "alg"),
    "ID token": (lambda: issuer().token(claims(NEW_YEAR)), "alg"),
    "typ JWT": (lambda: headed(typ="JWT"), "typ"),
    "typ missing": (lambda: headed(typ=None), "typ"),
    "typ in capitals": (lambda: headed(typ="AT+JWT"), "typ"),
    "kid missing": (lambda: headed(kid=None), "kid_type"),
    "kid unknown": (lambda: headed(kid="../../dev/null"), "kid_unknown"),
    "crit": (lambda: headed(crit=["x"]), "header_member"),
    "jwk": (lambda: headed(jwk=OTHERS.published()[0]), "header_member"),
    "another's key": (lambda: signed(STATED, OTHERS), "kid_unknown"),
    "our other key's id": (lambda: headed(kid=KEYS.published()[1]["kid"]), "signature"),
    "another issuer": (lambda: claiming(iss="https://evil.example"), "iss"),
    "issuer with a slash": (lambda: claiming(iss=ISSUER + "/"), "iss"),
    "issuer list": (lambda: claiming(iss=[ISSUER]), "iss"),
    "aud elsewhere": (lambda: claiming(aud="demo-evil"), "aud_unknown"),
    "aud list": (lambda: claiming(aud=["demo-app"]), "aud_type"),
    "aud missing": (lambda: signed(without(STATED, "aud")), "aud_type"),
    "sub missing": (lambda: signed(without(STATED, "sub")), "sub_type"),
    "sub a path": (lambda: claiming(sub="a/b"), "sub_id"),
    "jti missing": (lambda: signed(without(STATED, "jti")), "jti_type"),
    "sid a number": (lambda: claiming(sid=1), "sid_type"),
    "exp missing": (lambda: signed(without(STATED, "exp")), "bad_exp"),
    "exp string": (lambda: claiming(exp=str(SECOND + 60)), "bad_exp"),
    "lifetime": (lambda: claiming(exp=SECOND + 301), "lifetime"),
    "iat in the future": (lambda: claiming(iat=SECOND + 11), "iat"),
    "auth_time missing": (lambda: signed(without(STATED, "auth_time")), "bad_auth_time"),
    "uv missing": (lambda: signed(without(STATED, "uv")), "bad_uv"),
    "sv true": (lambda: claiming(sv=True), "bad_sv"),
    "tv negative": (lambda: claiming(tv=-1), "bad_tv"),
    "scope list": (lambda: claiming(scope=["a"]), "scope_type"),
    "act without a name": (lambda: claiming(act={}), "act"),
    "act without end": (lambda: claiming(act=nested(5)), "act"),
}


def nested(depth: int) -> dict[str, Any]:
    return {"sub": "x", "act": nested(depth - 1)} if depth > 1 else {"sub": "x"}


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_token_is_refused_and_only_the_log_learns_why(
    make: Callable[[], str], reason: str
) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        TOKENS.verify(make(), NEW_YEAR)
    assert (refused.value.reason, refused.value.detail) == (reason, "")


def test_one_that_is_over_is_said_to_be() -> None:
    with pytest.raises(TokenExpired):
        TOKENS.verify(TOKENS.make(ACCESS), NEW_YEAR + timedelta(seconds=310))


@given(st.data())
def test_a_token_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    token = TOKENS.make(ACCESS)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    with pytest.raises(InvalidCredentials):
        TOKENS.verify(token[:place] + other + token[place + 1 :], NEW_YEAR)


@given(st.dictionaries(st.sampled_from([*STATED]), st.none() | st.integers() | st.text()))
def test_any_claims_at_all_are_an_access_or_a_401(stated: dict[str, Any]) -> None:
    with suppress(InvalidCredentials, TokenExpired):
        assert TOKENS.verify(claiming(**stated), NEW_YEAR).audience in PROJECTS
