"""Our verifier beside the vendor's, and the emulator's tokens beside signed ones."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from firebase_admin import _auth_utils, _token_gen
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.id_tokens import EmulatorVerifier, GoogleVerifier, Verifier
from shared.kernel.errors import InvalidCredentials, Problem, TokenExpired
from tests.builders import NEW_YEAR, PROJECTS, claims, unsigned_token, without
from tests.signing import issuer
from tests.unit.auth.hostile import HOSTILE

AGES = st.sampled_from([-3700, -3590, -60, -11, -5, 0, 5, 11, 60, 3590, 3700, 2**41])
SUBJECTS = st.text(st.characters(codec="utf-8"), max_size=140) | st.none() | st.integers()


class Certificates:
    """Stands where the vendor's HTTP transport does, and answers with our certificates."""

    def __call__(self, url: str, **_: Any) -> Any:
        body = json.dumps({issuer().kid: issuer().certificate()}).encode()
        return SimpleNamespace(status=HTTPStatus.OK, data=body, headers={})


VENDOR = _token_gen._JWTVerifier(
    project_id="demo-app",
    short_name="ID token",
    operation="verify_id_token()",
    doc_url="",
    cert_url="https://keys.example",
    issuer=_token_gen.ID_TOKEN_ISSUER_PREFIX,
    invalid_token_error=_auth_utils.InvalidIdTokenError,
    expired_token_error=_token_gen.ExpiredIdTokenError,
)


@given(iat=AGES, exp=AGES, auth_time=AGES, sub=SUBJECTS, project=st.sampled_from(["demo-app", "x"]))
def test_what_we_accept_the_vendor_accepts(
    iat: int, exp: int, auth_time: int, sub: Any, project: str
) -> None:
    now = datetime.now(UTC)
    second = int(now.timestamp())
    times = {"iat": second + iat, "exp": second + exp, "auth_time": second + auth_time}
    token = issuer().token(claims(now, sub=sub, project=project) | times)
    try:
        found = GoogleVerifier(issuer(), frozenset({"demo-app"})).verify(token, now)
    except Problem:
        return
    assert VENDOR.verify(token, Certificates(), 15)["uid"] == found.subject


def test_both_accept_a_token_of_a_usual_sign_in() -> None:
    now = datetime.now(UTC)
    token = issuer().token(claims(now, sub="me"))
    assert GoogleVerifier(issuer(), PROJECTS).verify(token, now).subject == "me"
    assert VENDOR.verify(token, Certificates(), 0)["uid"] == "me"


def emulated(token: str, now: datetime = NEW_YEAR) -> str:
    return EmulatorVerifier(PROJECTS).verify(token, now).subject


def test_the_emulators_token_is_taken_by_its_own_verifier() -> None:
    assert emulated(unsigned_token(claims(NEW_YEAR, sub="me"))) == "me"


def test_the_emulators_token_is_refused_by_the_signed_one() -> None:
    with pytest.raises(InvalidCredentials) as refused:
        GoogleVerifier(issuer(), PROJECTS).verify(unsigned_token(claims(NEW_YEAR)), NEW_YEAR)
    assert refused.value.reason == "alg"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256", "typ": "JWT"},
        {"alg": "none"},
        {"alg": "None", "typ": "JWT"},
        {"alg": "none", "typ": "JWT", "kid": "k"},
        {"alg": ["none"], "typ": "JWT"},
    ],
)
def test_the_emulators_verifier_takes_its_exact_header_alone(header: object) -> None:
    with pytest.raises(InvalidCredentials):
        emulated(unsigned_token(claims(NEW_YEAR), header))


@pytest.mark.parametrize("signature", ["e30", "=", "!", "SIGNATURE_REMOVED_BY_GOOGLE"])
def test_the_emulators_verifier_takes_no_signature_at_all(signature: str) -> None:
    with pytest.raises(InvalidCredentials):
        emulated(unsigned_token(claims(NEW_YEAR)) + signature)


def test_an_emulated_token_expires_too() -> None:
    with pytest.raises(TokenExpired):
        emulated(unsigned_token(claims(NEW_YEAR)), NEW_YEAR + timedelta(hours=2))


def test_an_emulated_token_of_an_unregistered_project_is_refused() -> None:
    with pytest.raises(InvalidCredentials):
        emulated(unsigned_token(claims(NEW_YEAR, project="demo-evil")))


@pytest.mark.parametrize("name", ["aud", "iss", "sub", "iat", "exp", "auth_time"])
def test_an_emulated_token_must_state_everything(name: str) -> None:
    with pytest.raises(InvalidCredentials):
        emulated(unsigned_token(without(claims(NEW_YEAR), name)))


@pytest.mark.parametrize(
    "verifier", [EmulatorVerifier(PROJECTS), GoogleVerifier(issuer(), PROJECTS)]
)
def test_no_verifier_accepts_any_hostile_token(verifier: Verifier) -> None:
    for make, _ in HOSTILE.values():
        with pytest.raises(InvalidCredentials):
            verifier.verify(make(), NEW_YEAR)
