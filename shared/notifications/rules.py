"""Which message tells whom what: plain words, no markup."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.auth.models import Contact
from shared.kernel.ids import derived_id
from shared.notifications.models import EMAIL, Letter, Notice, Recipient

ORGANIZATION = "org_"
Payload = Mapping[str, Any]
Words = tuple[str, str]


def letter(message: Mapping[str, Any]) -> Letter | None:
    """What a message of the outbox says to people; None for what they are not told.

    Raises KeyError, TypeError or ValueError for what is not a message.
    """
    worded = WORDED.get(message["eventType"])
    if worded is None:
        return None
    account_id = str(message["accountId"])
    subject, text = worded(_whose(account_id), message["payload"])
    return Letter(str(message["occasion"]), message["eventType"], account_id, subject, text)


def organization(account_id: str) -> str | None:
    """Whose pool it is; None for a user's own account."""
    found = account_id.removeprefix(ORGANIZATION)
    return found if found != account_id else None


def recipients(contact: Contact, channel: str) -> list[Recipient]:
    """A person is told once by e-mail, and once on each device."""
    user_id, email, devices = contact
    if channel == EMAIL:
        return [Recipient(user_id, user_id, email)] if email else []
    return [Recipient(user_id, device, device) for device in devices]


def notice(told: Letter, channel: str, recipient: Recipient) -> Notice:
    name = derived_id(told.occasion, channel, recipient.name)
    return Notice(name, told.subject, told.text)


def _low(whose: str, payload: Payload) -> Words:
    kind, _, bound = str(payload["threshold"]).partition(":")
    of = f", {bound} % of a cycle's or less" if kind == "percent" else ""
    text = f"{whose} has {_tokens(payload)} left{of}, on the plan {payload['tier']}."
    return "Tokens are running low", _letter_text(text, _comes_back(payload))


def _depleted(whose: str, payload: Payload) -> Words:
    text = f"{whose} has no tokens left, on the plan {payload['tier']}."
    return "Tokens have run out", _letter_text(text, _comes_back(payload))


def _refreshed(whose: str, payload: Payload) -> Words:
    text = f"A new billing cycle has begun. {whose} has {_tokens(payload)} available."
    return "Tokens have been refreshed", _letter_text(text, f"It ends on {_day(payload)}.")


WORDED: Mapping[str, Callable[[str, Payload], Words]] = {
    "billing_cycle_refreshed": _refreshed,
    "token_depleted": _depleted,
    "token_low": _low,
}


def _whose(account_id: str) -> str:
    tenant = organization(account_id)
    return f"The organization {tenant}" if tenant else "Your account"


def _letter_text(*sentences: str) -> str:
    return "Hello,\n\n" + "\n".join(sentences) + "\n"


def _comes_back(payload: Payload) -> str:
    return f"The next billing cycle begins on {_day(payload)}."


def _tokens(payload: Payload) -> str:
    left = int(payload["remainingTokens"])
    return "1 token" if left == 1 else f"{left:,} tokens"


def _day(payload: Payload) -> str:
    moment = datetime.fromisoformat(payload["nextRefreshDate"]).astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
