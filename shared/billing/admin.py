"""Opening accounts for others, before or after they first sign in."""

from datetime import UTC, datetime

from shared.auth.models import Caller
from shared.auth.service import Auth
from shared.kernel.clock import Clock, is_zone
from shared.kernel.errors import FieldError, ValidationFailed
from shared.tokens.access import ORGANIZATION
from shared.tokens.models import Account, Policy
from shared.tokens.periods import open_account

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AccountAdmin:
    """Prepares accounts as an administrator wants them."""

    def __init__(self, auth: Auth, policy: Policy, clock: Clock) -> None:
        self._auth = auth
        self._policy = policy
        self._clock = clock

    def prepared(
        self, account_id: str, tier: str, time_zone: str, start: datetime | None
    ) -> Account:
        """A new account in its present cycle; raises ValidationFailed."""
        self._require_sense(tier, time_zone, start)
        now = self._clock()
        return open_account(
            account_id,
            tier,
            self._policy,
            start or now,
            now,
            time_zone,
            self._organization(account_id),
        )

    def _require_sense(self, tier: str, time_zone: str, start: datetime | None) -> None:
        sense = {
            "/tier": tier in self._policy.tiers,
            "/timeZone": is_zone(time_zone),
            "/subscriptionStartDate": start is None or EPOCH <= start <= self._clock(),
        }
        wrong = [FieldError(pointer, "unknown_value") for pointer, ok in sense.items() if not ok]
        if wrong:
            raise ValidationFailed(wrong)

    def _organization(self, account_id: str) -> str | None:
        """The tenant of a pool, or the only one of a user."""
        if account_id.startswith(ORGANIZATION):
            return account_id.removeprefix(ORGANIZATION)
        return self._auth.only_tenant(Caller(user_id=account_id))
