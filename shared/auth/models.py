"""Identities, users, members and keys, as they are decided upon and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Identity:
    """One account at one issuer: (issuer, subject) names it, nothing else does.

    `expires` is when the token ends that proved it, in seconds since 1970.
    """

    issuer: str
    subject: str
    project: str
    auth_time: datetime
    email: str | None = None
    email_verified: bool = False
    display_name: str | None = None
    provider: str = ""
    expires: int = 0


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """An identity as it was when it was linked to its user."""

    issuer: str
    subject: str
    project: str
    email: str | None
    email_verified: bool


@dataclass(frozen=True, slots=True)
class User:
    """One person of the ecosystem, whichever projects they sign in to."""

    user_id: str
    email: str | None
    display_name: str | None
    identities: Sequence[LinkedIdentity]
    photo_url: str | None = None
    locale: str | None = None
    time_zone: str | None = None


class Contact(NamedTuple):
    """A user, and where they are told things; nowhere if they do not want to be told."""

    user_id: str
    email: str | None = None
    push_tokens: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer: the products it uses, and the currency (ISO 4217) of its prices."""

    tenant_id: str
    slug: str
    name: str
    status: str
    products: Sequence[str]
    currency: str


@dataclass(frozen=True, slots=True)
class Member:
    """A user's roles and teams in a tenant; `version` grows with every change."""

    tenant_id: str
    user_id: str
    roles: Sequence[str]
    version: int = 1
    suspended: bool = False
    teams: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored key: its digest, never its text. Without a tenant it is the platform's.

    A service of Google's acts as one that is stored nowhere, named by its e-mail. While it is being
    rotated, the digest before is good too, until its time. `updated` is the stored document's.
    """

    key_id: str
    digest: bytes
    name: str
    product: str
    tenant_id: str | None
    scopes: frozenset[str]
    expires_at: datetime
    revoked: bool = False
    created_at: datetime | None = None
    created_by: str | None = None
    last_used_at: datetime | None = None
    previous: bytes | None = None
    previous_until: datetime | None = None
    updated: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token of ours says: who acts in which product, and until when.

    Times are seconds since 1970. The epochs are those of the user, the session and the tenant when
    it was made: it ends as soon as one of them has moved on. `tenant_id` is the tenant that it acts
    in unless a request names another; one with a `scope` acts in no other, and is held to it. `act`
    says who acts on behalf of the user (RFC 8693).
    """

    token_id: str
    user_id: str
    audience: str
    issued: int
    expires: int
    auth_time: int
    user_epoch: int
    session_id: str | None = None
    session_epoch: int = 0
    tenant_id: str | None = None
    tenant_epoch: int = 0
    scope: frozenset[str] | None = None
    act: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a user, or a product with a key.

    A user has proved it by an `identity` of one of the projects, or by an `access` token of ours.
    """

    user_id: str | None = None
    key: ApiKey | None = None
    identity: Identity | None = field(default=None, compare=False)
    access: Access | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """A name that is unique among users and keys: what an idempotency key is scoped to."""
        return (
            f"user:{self.user_id}" if self.user_id else f"key:{self.key.key_id if self.key else ''}"
        )

    @property
    def platform(self) -> bool:
        return self.key is not None and self.key.tenant_id is None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a permission is granted, by which rule, and the version of the roles asked."""

    allowed: bool
    rule: str
    role_version: int
