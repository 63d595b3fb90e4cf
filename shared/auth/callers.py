"""Who presents a bearer token: of Firebase, of ours, or of a service account of Google's."""

from functools import partial

from shared.auth.access_tokens import AccessTokens
from shared.auth.id_tokens import Verifier
from shared.auth.jws import claimed
from shared.auth.models import Caller, Identity
from shared.auth.registration import Registration
from shared.auth.service_tokens import ISSUERS, ServiceTokens
from shared.auth.signing_keys import ACCESS_TOKEN
from shared.auth.standing import REMEMBERED_SECONDS, Standing, user_path
from shared.kernel.clock import Clock
from shared.platform.cache import Remembered


class Callers:
    """Recognises them; whose identity it is, it remembers for ten seconds."""

    def __init__(
        self,
        id_tokens: Verifier,
        access_tokens: AccessTokens,
        service_tokens: ServiceTokens,
        registration: Registration,
        standing: Standing,
        clock: Clock,
    ) -> None:
        self._id_tokens = id_tokens
        self._access_tokens = access_tokens
        self._service_tokens = service_tokens
        self._registration = registration
        self._standing = standing
        self._clock = clock
        self._user_ids: Remembered[Identity, str] = Remembered(REMEMBERED_SECONDS)

    def with_token(self, token: str) -> Caller:
        """Raises InvalidCredentials, TokenExpired, SessionRevoked or Forbidden."""
        typ, issuer = claimed(token)
        if typ == ACCESS_TOKEN.typ:
            return self._with_access_token(token)
        if issuer in ISSUERS:
            return self._with_service_token(token)
        return self._with_id_token(token)

    def require_still(self, caller: Caller) -> None:
        """Raises SessionRevoked for a sign-in that has ended by now: in one call, each time."""
        if caller.access:
            self._standing.require_access(caller.access, fresh=True)
        elif caller.identity and caller.user_id:
            self._standing.forget([user_path(caller.user_id)])
            self._standing.require_user(caller.user_id, caller.identity.auth_time)

    def _with_access_token(self, token: str) -> Caller:
        access = self._access_tokens.verify(token, self._clock())
        self._standing.require_access(access)
        return Caller(user_id=access.user_id, access=access)

    def _with_service_token(self, token: str) -> Caller:
        key = self._service_tokens.verify(token, self._clock())
        if key.tenant_id:
            self._standing.require_tenant(key.tenant_id)
        return Caller(key=key)

    def _with_id_token(self, token: str) -> Caller:
        """Registers a user who was never seen before."""
        identity = self._id_tokens.verify(token, self._clock())
        user_id = self._user_ids.get(identity, partial(self._user_of, identity))
        self._standing.require_user(user_id, identity.auth_time)
        return Caller(user_id=user_id, identity=identity)

    def _user_of(self, identity: Identity) -> str:
        return self._registration.user_of(identity, self._standing.holder(identity))
