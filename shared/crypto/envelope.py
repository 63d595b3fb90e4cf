"""Sealed values: AES-256-GCM (NIST SP 800-38D) under a key of each collection and field.

`enc1.<key id>.<nonce>.<ciphertext>`, the last two in base64url. What is authenticated besides are
the form, the key id with its version, the environment and the place, each prefixed by its length,
so no two places read alike.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.crypto.models import Place, Unreadable
from shared.kernel.base64url import decoded, encoded

FORM = "enc1"
KEY_BYTES = 32
NONCE_BYTES = 12


class DataKey:
    """One version of a key, opened: seals values, and opens those that it sealed."""

    def __init__(self, kid: str, secret: bytes, environment: str) -> None:
        self.kid = kid
        self._secret = secret
        self._environment = environment
        self._ciphers: dict[tuple[str, str], AESGCM] = {}

    def seal(self, place: Place, content: bytes) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(place).encrypt(nonce, content, self._bound(place))
        return ".".join((FORM, self.kid, encoded(nonce), encoded(sealed)))

    def open(self, place: Place, text: str) -> bytes:
        """Raises Unreadable for whatever this key did not seal in this place."""
        nonce, sealed = _parts(text, self.kid)
        try:
            return self._cipher(place).decrypt(nonce, sealed, self._bound(place))
        except (InvalidTag, ValueError) as bad:
            raise Unreadable from bad

    def mark(self, content: bytes) -> str:
        """A digest (HMAC-SHA-256) that tells nobody anything once the key is gone."""
        return hmac.new(self._derived("mark"), content, hashlib.sha256).hexdigest()

    def _cipher(self, place: Place) -> AESGCM:
        scope = (place.collection, place.field)
        if scope not in self._ciphers:
            self._ciphers[scope] = AESGCM(self._derived("field", *scope))
        return self._ciphers[scope]

    def _derived(self, *purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, None, prefixed(*purpose)).derive(self._secret)

    def _bound(self, place: Place) -> bytes:
        return prefixed(FORM, self.kid, self._environment, *place)


def new_secret() -> bytes:
    return os.urandom(KEY_BYTES)


def kid_of(text: str) -> str:
    """The key that a sealed value names; raises Unreadable for another form."""
    form, _, rest = text.partition(".")
    kid, _, _ = rest.partition(".")
    if form != FORM:
        raise Unreadable
    return kid


def prefixed(*parts: str) -> bytes:
    """The parts, each behind its length: ("a", "bc") and ("ab", "c") differ."""
    encoded = (part.encode() for part in parts)
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def _parts(text: str, kid: str) -> tuple[bytes, bytes]:
    split = text.split(".")
    if len(split) != 4 or split[:2] != [FORM, kid]:
        raise Unreadable
    return _bytes(split[2]), _bytes(split[3])


def _bytes(text: str) -> bytes:
    try:
        return decoded(text)
    except ValueError as bad:
        raise Unreadable from bad
