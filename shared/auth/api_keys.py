"""API keys: `hy_sk_<env>_<id>_<secret><check>`; shape and checksum are judged before any read.

The id (16 characters of base32) is public and names the stored document; the secret has 43
characters of base62 (256 bits); the check is CRC-32 over all before it, in 6 characters.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from datetime import datetime
from typing import NamedTuple

from shared.auth.models import ApiKey
from shared.kernel.errors import InvalidCredentials

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
KEY_ID = re.compile(r"[a-z2-7]{16}", re.ASCII)
SHAPE = re.compile(r"hy_sk_(dev|live)_([a-z2-7]{16})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})", re.ASCII)
CREDENTIAL = re.compile(r"hy_(sk|rt)_[\w-]+|eyJ[\w-]+\.[\w.-]+", re.ASCII)


class NewKey(NamedTuple):
    key_id: str
    text: str


def make_key(environment: str, known_as: str | None = None) -> NewKey:
    """A new key, or a new secret of one; its text is shown once and stored nowhere."""
    key_id = known_as or "".join(secrets.choice(BASE32) for _ in range(16))
    secret = "".join(secrets.choice(BASE62) for _ in range(43))
    body = f"hy_sk_{environment}_{key_id}_{secret}"
    return NewKey(key_id, body + _check(body))


def key_id(text: str, environment: str) -> str:
    """The id in a key of this environment whose checksum holds; no read is spent on others."""
    shape = SHAPE.fullmatch(text)
    if shape is None or _check(text[:-6]) != shape[3]:
        raise InvalidCredentials(reason="key_shape")
    if shape[1] != environment:
        raise InvalidCredentials(reason="key_environment")
    return shape[2]


def found_in(text: str) -> str | None:
    """A key that stands anywhere in a text, as secret scanners look for it."""
    found = SHAPE.search(text)
    return found[0] if found else None


def without_credentials(text: str) -> str:
    """A text for logs, without what may be a key, or a part of one, or a token."""
    return CREDENTIAL.sub("***", text)


def digest(text: str, pepper: bytes) -> bytes:
    return hmac.new(pepper, text.encode(), hashlib.sha256).digest()


def checked(stored: ApiKey | None, text: str, pepper: bytes, now: datetime) -> ApiKey:
    """The stored key, if the text is its own; an unknown id costs the same time."""
    if not opens(stored, text, pepper, now) or stored is None:
        raise InvalidCredentials(reason="key_secret")
    if stored.revoked or stored.expires_at <= now:
        raise InvalidCredentials(reason="key_ended")
    return stored


def opens(stored: ApiKey | None, text: str, pepper: bytes, now: datetime) -> bool:
    """Whether the text has a secret of the key; all that there are are compared."""
    given = digest(text, pepper)
    expected = _digests(stored, now) if stored else (bytes(32),)
    known = [hmac.compare_digest(given, each) for each in expected]
    return any(known)


def is_key_id(text: str) -> bool:
    return KEY_ID.fullmatch(text) is not None


def _digests(stored: ApiKey, now: datetime) -> tuple[bytes, ...]:
    """That of the secret, and that of the one before while they overlap."""
    overlaps = stored.previous and stored.previous_until and now < stored.previous_until
    return (stored.digest, stored.previous) if stored.previous and overlaps else (stored.digest,)


def _check(body: str) -> str:
    value, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return digits
