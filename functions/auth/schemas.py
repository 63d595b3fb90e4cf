"""What the auth calls take and give."""

from typing import Annotated

from pydantic import Field

from shared.entry.wire import Id, Name, Wire

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
