"""Whose account a caller may use, and which of them open by themselves."""

from functools import partial

from shared.auth.models import Caller
from shared.auth.service import Auth
from shared.kernel.errors import InvalidRequest, NotFound
from shared.tokens.models import Account
from shared.tokens.rounds import Opening
from shared.tokens.service import Tokens

ORGANIZATION = "org_"


def account_of(auth: Auth, caller: Caller, named: str | None, permission: str) -> str:
    """The caller's own account, or the named one; NotFound for anybody else's."""
    account_id = named or own_account(caller)
    if account_id.startswith(ORGANIZATION):
        auth.require(caller, permission, account_id.removeprefix(ORGANIZATION))
    elif caller.platform:
        auth.require_platform(caller, permission)
    elif account_id != caller.user_id:
        raise NotFound(reason="foreign_account")
    else:
        auth.require_own(caller, permission)
    return account_id


def own_account(caller: Caller) -> str:
    """A user's own account; a product's is its tenant's pool."""
    if caller.user_id:
        return caller.user_id
    if caller.key and caller.key.tenant_id:
        return ORGANIZATION + caller.key.tenant_id
    raise InvalidRequest("Name the account.", reason="platform_without_account")


def actor_of(caller: Caller, account_id: str) -> str | None:
    """The member who spends, where the account is a pool that members share."""
    return caller.user_id if account_id.startswith(ORGANIZATION) else None


def opening(auth: Auth, tokens: Tokens, caller: Caller) -> Opening:
    """How an account opens on first use: for its owners only, never for the platform."""
    return _never if caller.platform else tokens.free(partial(_organization, auth, caller))


def _never(account_id: str) -> Account:
    raise NotFound(reason="no_account")


def _organization(auth: Auth, caller: Caller, account_id: str) -> str | None:
    if account_id.startswith(ORGANIZATION):
        return account_id.removeprefix(ORGANIZATION)
    return auth.only_tenant(caller)
