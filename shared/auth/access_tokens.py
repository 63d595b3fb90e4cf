"""Access tokens of ours (RFC 9068): short, for exactly one audience, ended early by epochs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from shared.auth.jws import check_times, refuse, seconds, signed_claims
from shared.auth.models import Access
from shared.auth.signing_keys import ACCESS_TOKEN, SigningKeys
from shared.kernel.ids import is_safe_id

LIFETIME_SECONDS = 300
LARGEST_EPOCH = 2**53 - 1
MOST_ACTORS = 4


class AccessTokens:
    """Makes them and verifies them: of this issuer, for one of these audiences."""

    def __init__(self, keys: SigningKeys, issuer: str, audiences: Collection[str]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audiences = audiences

    def make(self, access: Access) -> str:
        return self._keys.sign(_claims(access, self._issuer))

    def verify(self, token: str, now: datetime) -> Access:
        """Raises InvalidCredentials or TokenExpired."""
        return self._access(signed_claims(token, ACCESS_TOKEN, self._keys), now.timestamp())

    def _access(self, claims: Mapping[str, Any], now: float) -> Access:
        if claims.get("iss") != self._issuer:
            refuse("iss")
        audience = _text(claims, "aud")
        if audience not in self._audiences:
            refuse("aud_unknown")
        check_times(claims, ("iat", "auth_time"), LIFETIME_SECONDS, now)
        return _access(claims, audience)


def _access(claims: Mapping[str, Any], audience: str) -> Access:
    return Access(
        token_id=_id(claims, "jti"),
        user_id=_id(claims, "sub"),
        audience=audience,
        issued=claims["iat"],
        expires=claims["exp"],
        auth_time=seconds(claims, "auth_time"),
        user_epoch=_epoch(claims, "uv"),
        session_id=_id(claims, "sid") if "sid" in claims else None,
        session_epoch=_epoch(claims, "sv") if "sid" in claims else 0,
        tenant_id=_id(claims, "tid") if "tid" in claims else None,
        tenant_epoch=_epoch(claims, "tv") if "tid" in claims else 0,
        scope=frozenset(_text(claims, "scope").split()) if "scope" in claims else None,
        act=_actors(claims["act"]) if "act" in claims else None,
    )


def _claims(access: Access, issuer: str) -> dict[str, Any]:
    stated = {
        "iss": issuer,
        "sub": access.user_id,
        "aud": access.audience,
        "client_id": access.audience,
        "iat": access.issued,
        "exp": access.expires,
        "jti": access.token_id,
        "auth_time": access.auth_time,
        "uv": access.user_epoch,
    }
    if access.session_id:
        stated |= {"sid": access.session_id, "sv": access.session_epoch}
    if access.tenant_id:
        stated |= {"tid": access.tenant_id, "tv": access.tenant_epoch}
    if access.scope is not None:
        stated["scope"] = " ".join(sorted(access.scope))
    return stated | ({"act": access.act} if access.act else {})


def _actors(act: object, most: int = MOST_ACTORS) -> Mapping[str, Any]:
    """Who acts for whom, the latest first, not without end."""
    if not isinstance(act, dict) or not isinstance(act.get("sub"), str) or not most:
        refuse("act")
    if "act" in act:
        _actors(act["act"], most - 1)
    return act


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else refuse(f"{name}_type")


def _id(claims: Mapping[str, Any], name: str) -> str:
    value = _text(claims, name)
    return value if is_safe_id(value) else refuse(f"{name}_id")


def _epoch(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= LARGEST_EPOCH:
        refuse(f"bad_{name}")
    return value
