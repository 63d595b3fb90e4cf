"""The shape of a signed token (RFC 7515, compact), stricter than the standard asks.

A token that passes has one spelling only, and JSON that every parser reads alike.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, Protocol

from jwt.algorithms import Algorithm

from shared.kernel.base64url import encoded, padded
from shared.kernel.errors import InvalidCredentials, TokenExpired
from shared.kernel.strict_json import strict_json

MAX_BYTES = 8192
SKEW_SECONDS = 10


class Keys(Protocol):
    """Where public keys come from."""

    def get(self, kid: str) -> Any | None: ...


class Kind(NamedTuple):
    """A kind of token: the one algorithm it is signed with, and the type its header must say."""

    alg: str
    algorithm: Algorithm
    typ: str
    typ_required: bool = False


def signed_claims(token: str, kind: Kind, keys: Keys) -> dict[str, Any]:
    """The claims, which nobody looks at before the signature holds."""
    header, payload, signature = segments(token)
    key = keys.get(_key_id(json_object(decoded(header)), kind))
    if key is None:
        refuse("kid_unknown")
    if not kind.algorithm.verify(f"{header}.{payload}".encode(), key, decoded(signature)):
        refuse("signature")
    return json_object(decoded(payload))


class Claimed(NamedTuple):
    """What a token says of itself, which nobody has verified."""

    typ: object = None
    issuer: object = None


def claimed(token: str) -> Claimed:
    """To choose who judges the token, and for nothing else."""
    try:
        header, payload, _ = segments(token)
        typ = json_object(decoded(header)).get("typ")
        return Claimed(typ, json_object(decoded(payload)).get("iss"))
    except InvalidCredentials:
        return Claimed()


def check_times(claims: Mapping[str, Any], names: Sequence[str], longest: int, now: float) -> None:
    """Raises for a token that is not yet or no longer good; `names` are times that have passed.

    `longest` is how many seconds there may be from `iat` to `exp`.
    """
    passed = [seconds(claims, name) for name in names]
    expires = seconds(claims, "exp")
    if max(passed) > now + SKEW_SECONDS:
        refuse("iat")
    if not 0 < expires - claims["iat"] <= longest:
        refuse("lifetime")
    if expires <= now - SKEW_SECONDS:
        raise TokenExpired(reason="expired")


def seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    return value if type(value) is int and 0 < value < 2**40 else refuse(f"bad_{name}")


def refuse(reason: str) -> NoReturn:
    raise InvalidCredentials(reason=reason)


def segments(token: str) -> Sequence[str]:
    if not token.isascii():
        refuse("non_ascii")
    if len(token) > MAX_BYTES:
        refuse("size")
    parts = token.split(".")
    if len(parts) != 3:
        refuse("segments")
    return parts


def decoded(segment: str) -> bytes:
    """Canonical base64url only: otherwise one token has many spellings."""
    try:
        raw = base64.urlsafe_b64decode(padded(segment))
    except binascii.Error:
        refuse("bad_base64url")
    if not raw:
        refuse("bad_base64url")
    if encoded(raw) != segment:
        refuse("non_canonical")
    return raw


def json_object(raw: bytes) -> dict[str, Any]:
    try:
        value = strict_json(raw)
    except ValueError:
        refuse("bad_json")
    if not isinstance(value, dict):
        refuse("not_object")
    return value


def _key_id(header: Mapping[str, Any], kind: Kind) -> str:
    if not header.keys() <= {"alg", "kid", "typ"}:
        refuse("header_member")
    if header.get("alg") != kind.alg:
        refuse("alg")
    if header.get("typ", None if kind.typ_required else kind.typ) != kind.typ:
        refuse("typ")
    kid = header.get("kid")
    return kid if isinstance(kid, str) else refuse("kid_type")
