"""Firebase ID tokens of any registered project: strict shape, then signature, then claims.

Claims follow Firebase's "Verify ID tokens" and RFC 7519; the shape is stricter than both.
"""

from datetime import UTC, datetime
from typing import Any, Protocol

from jwt.algorithms import RSAAlgorithm

from shared.auth.jws import (
    Keys,
    Kind,
    check_times,
    decoded,
    json_object,
    refuse,
    segments,
    signed_claims,
)
from shared.auth.models import Identity

MAX_LIFETIME_SECONDS = 3600
ISSUER = "https://securetoken.google.com/"
ID_TOKEN = Kind("RS256", RSAAlgorithm(RSAAlgorithm.SHA256), "JWT")


class Verifier(Protocol):
    """Turns a token's text into the identity it proves, or raises InvalidCredentials."""

    def verify(self, token: str, now: datetime) -> Identity: ...


class GoogleVerifier:
    """Tokens that Google signed (RS256) for one of the registered projects."""

    def __init__(self, keys: Keys, projects: frozenset[str]) -> None:
        self._keys = keys
        self._projects = projects

    def verify(self, token: str, now: datetime) -> Identity:
        return identity(signed_claims(token, ID_TOKEN, self._keys), self._projects, now)


class EmulatorVerifier:
    """Unsigned tokens of the Auth emulator. Built only where the settings say local."""

    def __init__(self, projects: frozenset[str]) -> None:
        self._projects = projects

    def verify(self, token: str, now: datetime) -> Identity:
        header, payload, signature = segments(token)
        if json_object(decoded(header)) != {"alg": "none", "typ": "JWT"} or signature:
            refuse("alg")
        return identity(json_object(decoded(payload)), self._projects, now)


def identity(claims: dict[str, Any], projects: frozenset[str], now: datetime) -> Identity:
    """The identity that the claims state, once each of them has the right type and value."""
    project = _project(claims, projects)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 128:
        refuse("sub")
    times = ("iat", "auth_time")
    check_times(claims, times, MAX_LIFETIME_SECONDS, now.timestamp())
    return Identity(
        issuer=ISSUER + project,
        subject=subject,
        project=project,
        auth_time=datetime.fromtimestamp(claims["auth_time"], UTC),
        email=_text(claims.get("email")),
        email_verified=claims.get("email_verified") is True,
        display_name=_text(claims.get("name")),
        provider=_provider(claims.get("firebase")),
        expires=claims["exp"],
    )


def _project(claims: dict[str, Any], projects: frozenset[str]) -> str:
    project = claims.get("aud")
    if not isinstance(project, str):
        refuse("aud_type")
    if project not in projects:
        refuse("aud_unknown")
    if claims.get("iss") != ISSUER + project:
        refuse("iss")
    return project


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _provider(firebase: object) -> str:
    value = firebase.get("sign_in_provider") if isinstance(firebase, dict) else None
    return value if isinstance(value, str) else ""
