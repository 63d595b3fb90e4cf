"""A token issuer of our own: an RSA key, its certificate, and tokens signed with it."""

import functools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from jwt.algorithms import RSAAlgorithm

from tests.builders import segment


class Issuer:
    """Signs whatever it is asked to, right or wrong. Also a `Keys`: it knows its own."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self.private = rsa.generate_private_key(65537, 2048)
        self.public = self.private.public_key()

    def get(self, kid: str) -> Any | None:
        return self.public if kid == self.kid else None

    def token(self, stated: Any, **header: Any) -> str:
        """What is stated, signed; the header is right but for what is given."""
        return self.signed({"alg": "RS256", "kid": self.kid, "typ": "JWT"} | header, stated)

    def signed(self, header: Any, stated: Any) -> str:
        text = f"{segment(header)}.{segment(stated)}"
        signature = self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{segment(signature)}"

    def jwk(self) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.public))
        return {**members, "kid": self.kid, "alg": "RS256", "use": "sig"}

    @property
    def pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.public.public_bytes(serialization.Encoding.PEM, form)

    def certificate(self) -> str:
        """As Google publishes its keys for the older libraries."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=self.public,
            serial_number=1,
            not_valid_before=now - timedelta(days=1),
            not_valid_after=now + timedelta(days=1),
        ).sign(self.private, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode()


@functools.cache
def issuer(kid: str = "key-1") -> Issuer:
    """One a session for each id: making a key costs more than all tests of it."""
    return Issuer(kid)
