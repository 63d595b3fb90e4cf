"""Google's service tokens: for our audience, from an e-mail on the list, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.auth.service_tokens import ServiceTokens
from shared.kernel.errors import Forbidden, InvalidCredentials, TokenExpired
from shared.kernel.trust import Service
from tests.builders import NEW_YEAR, claims, without
from tests.signing import issuer

AUDIENCE, EMAIL = "https://demo-hub.web.app", "worker@acme-bo.iam.gserviceaccount.com"
SECOND = int(NEW_YEAR.timestamp())
TOKENS = ServiceTokens(
    issuer(), AUDIENCE, {EMAIL: Service("bo", "t", frozenset({"events:event:emit"}))}
)
STATED = {
    "iss": "https://accounts.google.com",
    "aud": AUDIENCE,
    "sub": "113774264463038321964",
    "azp": "113774264463038321964",
    "email": EMAIL,
    "email_verified": True,
    "iat": SECOND,
    "exp": SECOND + 3600,
}


def token(**changes: Any) -> str:
    return issuer().token(STATED | changes)


@pytest.mark.parametrize("iss", ["https://accounts.google.com", "accounts.google.com"])
def test_a_service_acts_like_the_key_that_the_settings_say(iss: str) -> None:
    found = TOKENS.verify(token(iss=iss), NEW_YEAR)
    assert (found.key_id, found.product, found.tenant_id) == (EMAIL, "bo", "t")
    assert found.scopes == {"events:event:emit"}


HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    "another service's audience": (lambda: token(aud="https://other.run.app"), "aud"),
    "audience with a slash": (lambda: token(aud=AUDIENCE + "/"), "aud"),
    "audience list": (lambda: token(aud=[AUDIENCE]), "aud"),
    "no audience": (lambda: issuer().token(without(STATED, "aud")), "aud"),
    "another issuer": (lambda: token(iss="https://evil.example"), "iss"),
    "a Firebase token": (lambda: issuer().token(claims(NEW_YEAR)), "iss"),
    "another key": (lambda: issuer("key-2").token(STATED, kid=issuer().kid), "signature"),
    "unknown key": (lambda: issuer("key-2").token(STATED), "kid_unknown"),
    "alg none": (lambda: issuer().token(STATED, alg="none"), "alg"),
    "removed by Google": (
        lambda: token().rsplit(".", 1)[0] + ".SIGNATURE_REMOVED_BY_GOOGLE",
        "signature",
    ),
    "iat in the future": (lambda: token(iat=SECOND + 11), "iat"),
    "ten years": (lambda: token(exp=SECOND + 315360000), "lifetime"),
    "no end": (lambda: issuer().token(without(STATED, "exp")), "bad_exp"),
}


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_token_is_a_401(make: Callable[[], str], reason: str) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        TOKENS.verify(make(), NEW_YEAR)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "attacker@evil.iam.gserviceaccount.com"},
        {"email": EMAIL.upper()},
        {"email": [EMAIL]},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
    ],
)
def test_who_is_not_on_the_list_is_forbidden(changes: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        TOKENS.verify(token(**changes), NEW_YEAR)


def test_one_that_is_over_is_said_to_be() -> None:
    with pytest.raises(TokenExpired):
        TOKENS.verify(token(), NEW_YEAR + timedelta(hours=2))
