"""Thresholds of what is left: each is told once a cycle, when it is reached."""

from dataclasses import replace

from shared.kernel.clock import rfc3339
from shared.tokens.models import Account, Policy
from shared.tokens.rows import Message


def alerted(account: Account, policy: Policy) -> tuple[Account, tuple[Message, ...]]:
    """The account with what it has now been told of, and the messages that tell it."""
    left = account.available
    if left > _highest(account, policy):
        return account, ()
    reached = [name for name, bound in _thresholds(account, policy) if left <= bound]
    new = [name for name in reached if name not in account.fired]
    if not new:
        return account, ()
    told = replace(account, fired=account.fired | frozenset(new))
    return told, tuple(_message(told, name) for name in new)


def _highest(account: Account, policy: Policy) -> int:
    percent = max(policy.low_percents, default=0)
    return max(account.included * percent // 100, *policy.low_amounts, 0)


def _thresholds(account: Account, policy: Policy) -> list[tuple[str, int]]:
    percents = [(f"percent:{p}", account.included * p // 100) for p in policy.low_percents]
    amounts = [(f"amount:{amount}", amount) for amount in policy.low_amounts]
    return [*percents, *amounts, ("depleted", 0)]


def _message(account: Account, threshold: str) -> Message:
    event_type = "token_depleted" if threshold == "depleted" else "token_low"
    payload = {
        "accountId": account.account_id,
        "tier": account.tier,
        "cycle": account.period.n,
        "threshold": threshold,
        "remainingTokens": account.available,
        "nextRefreshDate": rfc3339(account.period.end),
    }
    occasion = f"{event_type}:{account.account_id}:{account.period.n}:{threshold}"
    return Message(occasion, event_type, payload)
