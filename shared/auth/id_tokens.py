"""Firebase ID tokens of any registered project: strict shape, then signature, then claims.

Claims follow Firebase's "Verify ID tokens" and RFC 7519; the shape is stricter than both.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol

import orjson
from jwt.algorithms import RSAAlgorithm

from shared.auth.models import Identity
from shared.kernel.errors import InvalidCredentials, TokenExpired

MAX_BYTES = 8192
MAX_LIFETIME_SECONDS = 3600
SKEW_SECONDS = 10
ISSUER = "https://securetoken.google.com/"
RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


class Keys(Protocol):
    """Where public keys come from."""

    def get(self, kid: str) -> Any | None: ...


class Verifier(Protocol):
    """Turns a token's text into the identity it proves, or raises InvalidCredentials."""

    def verify(self, token: str, now: datetime) -> Identity: ...


class GoogleVerifier:
    """Tokens that Google signed (RS256) for one of the registered projects."""

    def __init__(self, keys: Keys, projects: frozenset[str]) -> None:
        self._keys = keys
        self._projects = projects

    def verify(self, token: str, now: datetime) -> Identity:
        header, payload, signature = _segments(token)
        key = self._keys.get(_key_id(_object(_decoded(header))))
        if key is None:
            refuse("kid_unknown")
        if not RS256.verify(f"{header}.{payload}".encode(), key, _decoded(signature)):
            refuse("signature")
        return identity(_object(_decoded(payload)), self._projects, now)


class EmulatorVerifier:
    """Unsigned tokens of the Auth emulator. Built only where the settings say local."""

    def __init__(self, projects: frozenset[str]) -> None:
        self._projects = projects

    def verify(self, token: str, now: datetime) -> Identity:
        header, payload, signature = _segments(token)
        if _object(_decoded(header)) != {"alg": "none", "typ": "JWT"} or signature:
            refuse("alg")
        return identity(_object(_decoded(payload)), self._projects, now)


def refuse(reason: str) -> NoReturn:
    raise InvalidCredentials(reason=reason)


def _segments(token: str) -> Sequence[str]:
    if not token.isascii():
        refuse("non_ascii")
    if len(token) > MAX_BYTES:
        refuse("size")
    parts = token.split(".")
    if len(parts) != 3:
        refuse("segments")
    return parts


def _decoded(segment: str) -> bytes:
    """Canonical base64url only: otherwise one token has many spellings."""
    try:
        raw = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except binascii.Error:
        refuse("bad_base64url")
    if not raw:
        refuse("bad_base64url")
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != segment.encode():
        refuse("non_canonical")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    """The JSON object, by two parsers: one refuses NaN, UTF-16, a BOM and half a surrogate pair,
    the other a member that stands twice."""
    try:
        orjson.loads(raw)
        value = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        refuse("bad_json")
    if not isinstance(value, dict):
        refuse("not_object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A member stands twice.")
    return found


def _key_id(header: dict[str, Any]) -> str:
    if not header.keys() <= {"alg", "kid", "typ"}:
        refuse("header_member")
    if header.get("alg") != "RS256" or header.get("typ", "JWT") != "JWT":
        refuse("alg")
    kid = header.get("kid")
    return kid if isinstance(kid, str) else refuse("kid_type")


def identity(claims: dict[str, Any], projects: frozenset[str], now: datetime) -> Identity:
    """The identity that the claims state, once each of them has the right type and value."""
    project = _project(claims, projects)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 128:
        refuse("sub")
    _check_times(claims, now.timestamp())
    return Identity(
        issuer=ISSUER + project,
        subject=subject,
        project=project,
        auth_time=datetime.fromtimestamp(claims["auth_time"], UTC),
        email=_text(claims.get("email")),
        email_verified=claims.get("email_verified") is True,
        display_name=_text(claims.get("name")),
        provider=_provider(claims.get("firebase")),
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


def _check_times(claims: dict[str, Any], now: float) -> None:
    issued, expires, signed_in = (_seconds(claims, name) for name in ("iat", "exp", "auth_time"))
    if max(issued, signed_in) > now + SKEW_SECONDS:
        refuse("iat")
    if not 0 < expires - issued <= MAX_LIFETIME_SECONDS:
        refuse("lifetime")
    if expires <= now - SKEW_SECONDS:
        raise TokenExpired(reason="expired")


def _seconds(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    return value if type(value) is int and 0 < value < 2**40 else refuse(f"bad_{name}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _provider(firebase: object) -> str:
    value = firebase.get("sign_in_provider") if isinstance(firebase, dict) else None
    return value if isinstance(value, str) else ""
