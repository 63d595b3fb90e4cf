"""Google's ID tokens of service accounts: who calls is an e-mail, which must be on our list."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jwt.algorithms import RSAAlgorithm

from shared.auth.jws import Keys, Kind, check_times, refuse, signed_claims
from shared.auth.models import ApiKey
from shared.kernel.errors import Forbidden
from shared.kernel.trust import Service

ISSUERS = ("https://accounts.google.com", "accounts.google.com")
MAX_LIFETIME_SECONDS = 3600
SERVICE_TOKEN = Kind("RS256", RSAAlgorithm(RSAAlgorithm.SHA256), "JWT")


class ServiceTokens:
    """Verifies them for one audience; a service acts like the key that the settings say."""

    def __init__(self, keys: Keys, audience: str, services: Mapping[str, Service]) -> None:
        self._keys = keys
        self._audience = audience
        self._services = services

    def verify(self, token: str, now: datetime) -> ApiKey:
        """Raises InvalidCredentials, TokenExpired, or Forbidden for who is not on the list."""
        claims = signed_claims(token, SERVICE_TOKEN, self._keys)
        if claims.get("iss") not in ISSUERS:
            refuse("iss")
        if claims.get("aud") != self._audience:
            refuse("aud")
        check_times(claims, ("iat",), MAX_LIFETIME_SECONDS, now.timestamp())
        return self._as_key(claims)

    def _as_key(self, claims: Mapping[str, Any]) -> ApiKey:
        email = claims.get("email")
        known = self._services.get(email) if isinstance(email, str) else None
        if known is None or claims.get("email_verified") is not True:
            raise Forbidden(reason="service_unknown")
        expires = datetime.fromtimestamp(claims["exp"], UTC)
        return ApiKey(str(email), b"", "service", *known, expires)
