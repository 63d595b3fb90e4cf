"""Refresh tokens: `hy_rt_<env>_` and, in base64url, who may refresh what, a MAC and a CRC.

The MAC's key is derived from the master secret for each session (HKDF, RFC 5869), so nothing secret
is stored, and the successor of a token is always the same text. What is misshapen, of another
environment or not ours is told so without a read.
"""

import hmac
import zlib
from typing import NamedTuple, NoReturn

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.kernel.base64url import decoded, encoded
from shared.kernel.errors import InvalidCredentials
from shared.kernel.ids import LONGEST_ID

VERSION = 1
ID_BYTES, COUNTER_BYTES, MAC_BYTES, CRC_BYTES = 16, 4, 16, 4
FIXED_BYTES = 1 + 2 * ID_BYTES + COUNTER_BYTES
LONGEST = 2 * (FIXED_BYTES + LONGEST_ID + MAC_BYTES + CRC_BYTES)


class Refresh(NamedTuple):
    """What a refresh token names: the session of a user, in a tenant or none, and its use."""

    user_id: str
    session_id: str
    counter: int
    tenant_id: str | None


class RefreshTokens:
    """Writes and reads them, for one environment, with one master secret."""

    def __init__(self, master: bytes, environment: str) -> None:
        self._master = master
        self._prefix = f"hy_rt_{environment}_"

    def write(self, refresh: Refresh) -> str:
        body = _body(refresh)
        sealed = body + self._mac(body)
        return self._prefix + encoded(sealed + self._crc(sealed))

    def read(self, text: str) -> Refresh:
        """Raises InvalidCredentials for all that `write` has not written."""
        if not text.isascii() or len(text) > LONGEST or not text.startswith(self._prefix):
            _refuse("refresh_shape")
        raw = _decoded(text.removeprefix(self._prefix))
        if len(raw) < FIXED_BYTES + MAC_BYTES + CRC_BYTES or raw[0] != VERSION:
            _refuse("refresh_shape")
        sealed, crc = raw[:-CRC_BYTES], raw[-CRC_BYTES:]
        if crc != self._crc(sealed):
            _refuse("refresh_crc")
        body, mac = sealed[:-MAC_BYTES], sealed[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            _refuse("refresh_mac")
        return _refresh(body)

    def _crc(self, sealed: bytes) -> bytes:
        return zlib.crc32(self._prefix.encode() + sealed).to_bytes(CRC_BYTES, "big")

    def _mac(self, body: bytes) -> bytes:
        session = body[1 + ID_BYTES : 1 + 2 * ID_BYTES]
        info = b"hyphae refresh token\0" + session
        key = HKDF(SHA256(), 32, None, info).derive(self._master)
        return hmac.digest(key, self._prefix.encode() + body, "sha256")[:MAC_BYTES]


def _body(refresh: Refresh) -> bytes:
    ids = bytes.fromhex(refresh.user_id + refresh.session_id)
    counter = refresh.counter.to_bytes(COUNTER_BYTES, "big")
    return bytes([VERSION]) + ids + counter + (refresh.tenant_id or "").encode()


def _refresh(body: bytes) -> Refresh:
    user, session, rest = body[1:17], body[17:33], body[33:]
    counter, tenant = rest[:COUNTER_BYTES], rest[COUNTER_BYTES:].decode()
    return Refresh(user.hex(), session.hex(), int.from_bytes(counter, "big"), tenant or None)


def _decoded(text: str) -> bytes:
    try:
        return decoded(text)
    except ValueError:
        _refuse("refresh_shape")


def _refuse(reason: str) -> NoReturn:
    raise InvalidCredentials(reason=reason)
