"""What the auth calls take and give."""

from typing import Annotated, Literal

from pydantic import Field

from shared.entry.wire import Id, Moment, Name, Wire, Zone

# What a page may show as it stands: no quotes, brackets or lines that would end where it is put.
PHOTO = r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?([/?][A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?$"
LINE = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$"
LOCALE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
Permission = Annotated[str, Field(pattern=r"^[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]+$", max_length=128)]


class AuthorizeRequest(Wire):
    permission: Permission
    tenant_id: Id | None = None
    resource: Name | None = None


class AuthorizeAnswer(Wire):
    allowed: bool
    rule: str
    role_version: int


class IdentityView(Wire):
    issuer: str
    subject: str
    project: str
    email: str | None
    email_verified: bool


class ProfileView(Wire):
    email: str | None
    display_name: str | None
    photo_url: str | None
    locale: str | None
    time_zone: str | None


class ProfileRequest(Wire):
    """What a user says of themself, null for nothing any more.

    An e-mail is what their sign-in proves it to be. A locale is a language and a region (BCP 47),
    a time zone one of IANA's.
    """

    display_name: Annotated[Name, Field(pattern=LINE)] | None = None
    photo_url: Annotated[str, Field(pattern=PHOTO, max_length=2048)] | None = None
    locale: Annotated[str, Field(pattern=LOCALE, max_length=16)] | None = None
    time_zone: Zone | None = None


class TenantView(Wire):
    tenant_id: str
    roles: tuple[str, ...]


class Me(Wire):
    user_id: str
    identities: tuple[IdentityView, ...]
    profile: ProfileView
    tenants: tuple[TenantView, ...]
    roles: tuple[str, ...]
    permissions: tuple[str, ...]


class SessionRequest(Wire):
    """`audience` is the project id of a registered product."""

    audience: Name
    tenant_id: Id | None = None


class RefreshRequest(Wire):
    """`audience`, where it is given, must be the session's: a token of another product ends it."""

    refresh_token: Annotated[str, Field(max_length=1024)]
    audience: Name | None = None


class SessionUser(Wire):
    user_id: str
    email: str | None
    display_name: str | None
    roles: tuple[str, ...]


class SessionAnswer(Wire):
    """Times are in seconds from now."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # how to send it, no secret
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    session_id: str
    user: SessionUser


class SessionView(Wire):
    session_id: str
    audience: str
    tenant_id: str | None
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    current: bool


class SessionsPage(Wire):
    items: tuple[SessionView, ...]
    next_cursor: str | None


class PublicKey(Wire):
    """A key that our access tokens are signed with (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class KeySet(Wire):
    keys: tuple[PublicKey, ...]


class EncryptionKeyView(Wire):
    """`settledVersion`: nothing is sealed under an older one any more.

    What was done holds on every instance within `effectiveWithinSeconds`. `irreversible`: the key
    is destroyed, what it sealed is gone for good, and no other will be made.
    """

    tenant_id: str
    version: int
    settled_version: int
    rotated_at: Moment | None
    destroyed_at: Moment | None
    irreversible: bool
    effective_within_seconds: int
