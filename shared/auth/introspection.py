"""What an access token is worth, for products that do not verify it themselves (RFC 7662)."""

from dataclasses import replace
from typing import NamedTuple

from shared.auth.callers import Callers
from shared.auth.exchange import product
from shared.auth.models import Access, ApiKey, Caller
from shared.auth.session_store import SessionStore
from shared.auth.standing import Standing
from shared.auth.subjects import BAD, reach
from shared.kernel.settings import Settings

INTROSPECT = "auth:token:introspect"


class Found(NamedTuple):
    """A token that is good, and all that it may do in the tenant that it names here."""

    access: Access
    scope: frozenset[str]


class Introspection:
    """Asks the store each time, so that a revoked token is never called good."""

    def __init__(
        self, callers: Callers, standing: Standing, around: SessionStore, settings: Settings
    ) -> None:
        self._callers = callers
        self._standing = standing
        self._around = around
        self._settings = settings

    def look(self, caller: Caller, token: str) -> Found | None:
        """None for whatever is bad, or no business of the product that asks."""
        key = product(caller, INTROSPECT)
        try:
            access = self._callers.with_token(token).access
            if access is None or not self._concerns(key, access):
                return None
            self._standing.require_access(access, fresh=True)
        except BAD:
            return None
        return self._found(key, access)

    def _concerns(self, key: ApiKey, access: Access) -> bool:
        """A product that is a project learns of its own tokens alone; a tenant's, of its own."""
        projects = {**self._settings.projects, "hub": self._settings.hub}
        project = projects.get(key.product, key.product)
        if project in self._settings.registered_projects and project != access.audience:
            return False
        narrowed = access.scope is not None
        return not (key.tenant_id and narrowed and key.tenant_id != access.tenant_id)

    def _found(self, key: ApiKey, access: Access) -> Found | None:
        tenant_id = key.tenant_id or access.tenant_id
        around = self._around.around(access.user_id, tenant_id)
        if around.tenant.ended or around.foreign:
            return None
        there = replace(access, tenant_id=tenant_id)
        return Found(there, reach(access, around.permissions))
