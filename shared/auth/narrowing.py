"""How far a credential reaches: a key to its scopes, a user's no further than it was narrowed."""

from shared.auth.models import ANONYMOUS, ApiKey, Caller, Decision
from shared.kernel.errors import Forbidden, InsufficientScope, NotFound


def limit(caller: Caller, permission: str, tenant_id: str) -> str:
    """By which rule a credential does not reach as far as its user's roles; empty if it does."""
    if caller.identity and caller.identity.provider == ANONYMOUS:
        return "anonymous"
    access = caller.access
    if access is None or access.scope is None:
        return ""
    return "" if permission in access.scope and tenant_id == access.tenant_id else "token-scope"


def whole_user(caller: Caller) -> str:
    """The user, by a credential that was not narrowed to a scope."""
    if caller.user_id is None:
        raise Forbidden("Only a user may do this.", reason="not_a_user")
    if caller.access and caller.access.scope is not None:
        raise InsufficientScope(reason="narrowed_token")
    return caller.user_id


def decide_key(key: ApiKey, permission: str, tenant_id: str) -> Decision:
    if key.tenant_id not in (None, tenant_id):
        return Decision(False, "foreign-tenant", 0)
    scoped = permission in key.scopes
    return Decision(scoped, "scope" if scoped else "default-deny", 0)


def key_refusal(key: ApiKey, tenant_id: str) -> NotFound | InsufficientScope:
    if key.tenant_id not in (None, tenant_id):
        return NotFound(reason="foreign_tenant")
    return InsufficientScope(reason="missing_scope")
