"""Crossing over: a user's token of one product for one of another (RFC 8693), never for more.

Who asks is a product with a key, or a service. A token crosses only where the settings allow it,
to each audience once in each form; what comes out may do no more, and for no longer.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from shared.auth.access_tokens import LIFETIME_SECONDS, MOST_ACTORS, AccessTokens
from shared.auth.custom_tokens import LIFETIME_SECONDS as CUSTOM_SECONDS
from shared.auth.custom_tokens import CustomTokens
from shared.auth.models import Access, ApiKey, Caller
from shared.auth.oauth import ACCESS_TYPE, CUSTOM_TYPE, Issued, Wanted, denial, refusal
from shared.auth.only_tenant import OnlyTenant
from shared.auth.permissions import BUILT_IN
from shared.auth.session_store import Around, SessionStore
from shared.auth.subjects import Subject, Subjects, reach
from shared.auth.uses import Uses
from shared.kernel.clock import Clock
from shared.kernel.errors import Forbidden, InsufficientScope
from shared.kernel.ids import derived_id, new_id
from shared.kernel.settings import Settings

EXCHANGE = "auth:token:exchange"


class Exchange:
    def __init__(
        self,
        subjects: Subjects,
        around: SessionStore,
        only_tenant: OnlyTenant,
        access_tokens: AccessTokens,
        custom_tokens: CustomTokens,
        uses: Uses,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._subjects = subjects
        self._around = around
        self._only_tenant = only_tenant
        self._access_tokens = access_tokens
        self._custom_tokens = custom_tokens
        self._uses = uses
        self._settings = settings
        self._clock = clock

    def exchange(self, caller: Caller, wanted: Wanted) -> Issued:
        """Raises InvalidRequest, Forbidden or InsufficientScope with OAuth's word for it."""
        key, now = product(caller, EXCHANGE), self._clock()
        subject = self._subjects.read(wanted.subject_token, wanted.subject_token_type)
        self._require_way(subject.access.audience, wanted.audience)
        around = self._around_in_tenant(key, subject.access)
        _require_member(subject.access, around)
        access = self._crossed(caller, subject.access, wanted, around)
        issued = self._issued(access, wanted, now)
        self._use(subject, wanted, now)
        return issued

    def _require_way(self, source: str, target: str) -> None:
        known = target in self._settings.registered_projects
        if not known or not self._settings.trust.may_cross(source, target):
            raise refusal("invalid_target", "The token may not cross over to this audience.")

    def _around_in_tenant(self, key: ApiKey, access: Access) -> Around:
        """That of the key; a key of the platform acts in the token's, or the user's only one."""
        read = partial(self._around.around, access.user_id)
        narrowed, named = access.scope is not None, key.tenant_id or access.tenant_id
        if narrowed and named != access.tenant_id:
            raise denial("foreign_tenant")
        if named or narrowed:
            return read(named)
        return self._only_tenant.around(access.user_id, read)

    def _crossed(self, caller: Caller, access: Access, wanted: Wanted, around: Around) -> Access:
        now = int(self._clock().timestamp())
        if access.expires <= now:
            raise refusal("invalid_request", "The subject token is over.", "subject_expired")
        return replace(
            access,
            token_id=new_id(),
            audience=wanted.audience,
            issued=now,
            expires=min(now + LIFETIME_SECONDS, access.expires),
            user_epoch=around.user.epoch,
            tenant_id=around.tenant_id,
            tenant_epoch=around.tenant.epoch,
            scope=_scope(access, wanted, around),
            act=_acting(caller.name, access),
        )

    def _issued(self, access: Access, wanted: Wanted, now: datetime) -> Issued:
        scope = access.scope or frozenset()
        if wanted.requested_token_type == ACCESS_TYPE:
            left = access.expires - access.issued
            return Issued(self._access_tokens.make(access), ACCESS_TYPE, left, scope)
        claims = _custom_claims(access)
        made = self._custom_tokens.make(access.user_id, access.audience, claims, now)
        return Issued(made, CUSTOM_TYPE, CUSTOM_SECONDS, scope)

    def _use(self, subject: Subject, wanted: Wanted, now: datetime) -> None:
        """The last thing that is done: what fails before it may be asked for again."""
        name = derived_id(subject.name, wanted.audience, wanted.requested_token_type)
        until = datetime.fromtimestamp(subject.access.expires, UTC) + timedelta(minutes=1)
        if not self._uses.first(name, max(until, now)):
            raise refusal("invalid_request", "The subject token was used.", "subject_used")


def product(caller: Caller, permission: str) -> ApiKey:
    """The key, or the service, that acts for its product; a user's token is none."""
    if caller.key is None:
        raise Forbidden(reason="not_a_product", error="unauthorized_client")
    if permission not in caller.key.scopes:
        raise InsufficientScope(reason=f"missing_{permission}", error="unauthorized_client")
    return caller.key


def _scope(access: Access, wanted: Wanted, around: Around) -> frozenset[str]:
    """All that is asked for, and no more than there is; a sign-in cannot be held to less."""
    most = reach(access, around.permissions)
    scope = most if wanted.scope is None else wanted.scope
    whole = access.scope is None and scope == most
    if not scope <= most or (wanted.requested_token_type == CUSTOM_TYPE and not whole):
        raise refusal("invalid_scope", "The token may not do as much.")
    return scope


def _require_member(access: Access, around: Around) -> None:
    """As things stand now, whatever is remembered."""
    left = around.user.left_since(datetime.fromtimestamp(access.auth_time, UTC))
    if left or around.user.ended or around.tenant.ended:
        raise refusal("invalid_request", "The subject token was revoked.", "subject_revoked")
    if around.foreign:
        raise denial("not_a_member")


def _acting(name: str, access: Access) -> dict[str, object]:
    """Who acts for the user now, and who did before."""
    depth, earlier = 1, access.act
    while earlier:
        depth, earlier = depth + 1, earlier.get("act")
    if depth > MOST_ACTORS:
        raise refusal("invalid_request", "The token has crossed over too often.", "act")
    return {"sub": name, "act": access.act} if access.act else {"sub": name}


def _custom_claims(access: Access) -> dict[str, object]:
    """What security rules look at: the highest built-in role that the tenant's roles make up."""
    scope = access.scope or frozenset()
    role = next((role for role, permissions in BUILT_IN.items() if permissions <= scope), None)
    stated: dict[str, object] = {"sid": access.session_id, "tid": access.tenant_id}
    if role and access.tenant_id:
        stated["tenants"] = {access.tenant_id: role}
    return {name: value for name, value in stated.items() if value}
