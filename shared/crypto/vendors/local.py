"""A key-encryption key from the settings, for local runs."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.crypto.envelope import NONCE_BYTES
from shared.crypto.models import Unreadable


class LocalKey:
    """Wraps with AES-256-GCM; the nonce goes in front."""

    def __init__(self, key: bytes) -> None:
        self.name = f"local:{hashlib.sha256(key).hexdigest()[:16]}"
        self._cipher = AESGCM(key)

    def wrap(self, key: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as bad:
            raise Unreadable from bad
