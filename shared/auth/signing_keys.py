"""The keys that access tokens are signed with (ES256): the first signs, all are published.

Two are published at any time, so that the next one is known before anything is signed with it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from shared.auth.jws import Kind
from shared.kernel.base64url import encoded
from shared.kernel.errors import DependencyUnavailable

ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)
ACCESS_TOKEN = Kind("ES256", ES256, "at+jwt", typ_required=True)
COORDINATE_BYTES = 32


class SigningKeys:
    """Private keys by their numbers; without any, nothing is signed and nothing verified."""

    def __init__(self, scalars: Sequence[int]) -> None:
        private = [ec.derive_private_key(scalar, ec.SECP256R1()) for scalar in scalars]
        self._signer = private[0] if private else None
        self._public = {_thumbprint(_members(key)): key.public_key() for key in private}

    def get(self, kid: str) -> Any | None:
        """The public key of this id."""
        return self._public.get(kid)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """The claims as an access token (RFC 9068); raises DependencyUnavailable without a key."""
        if self._signer is None:
            raise DependencyUnavailable("Sessions are not set up here.", reason="no_signing_keys")
        header = {"kid": next(iter(self._public)), "typ": ACCESS_TOKEN.typ}
        return jwt.encode(dict(claims), self._signer, ACCESS_TOKEN.alg, header)

    def published(self) -> list[dict[str, str]]:
        """As a JWK set holds them (RFC 7517)."""
        return [
            {**_members(key), "kid": kid, "alg": "ES256", "use": "sig"}
            for kid, key in self._public.items()
        ]


def _members(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> dict[str, str]:
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    numbers = public.public_numbers()
    x, y = (number.to_bytes(COORDINATE_BYTES, "big") for number in (numbers.x, numbers.y))
    return {"crv": "P-256", "kty": "EC", "x": encoded(x), "y": encoded(y)}


def _thumbprint(members: Mapping[str, str]) -> str:
    """RFC 7638: the digest of the members that make the key, in alphabetical order."""
    text = orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
    return encoded(hashlib.sha256(text).digest())
