"""Tells the ecosystem about changes of balances."""

from shared.events.service import EventBus
from shared.kernel.clock import rfc3339
from shared.tokens.alerts import alerts
from shared.tokens.models import Account


class Watch:
    """Announces each crossing once a cycle, however often its change is delivered."""

    def __init__(self, bus: EventBus, low_percent: int) -> None:
        self._bus = bus
        self._low_percent = low_percent

    def changed(self, before: Account | None, after: Account) -> int:
        """The number of events that this change was the first to announce."""
        found = alerts(before, after, self._low_percent)
        return sum(self._announce(event_type, after) for event_type in found)

    def _announce(self, event_type: str, account: Account) -> bool:
        payload = {
            "accountId": account.account_id,
            "tier": account.tier,
            "cycle": account.cycle,
            "remainingTokens": account.available,
            "nextRefreshDate": rfc3339(account.next_refresh),
        }
        occasion = f"{account.account_id}:{account.cycle}"
        tenant = account.organization_id
        return self._bus.announce(event_type, occasion, tenant, account.account_id, payload)
