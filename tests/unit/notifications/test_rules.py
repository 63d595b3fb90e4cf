"""What people are told, and who is."""

from typing import Any

import pytest

from shared.auth.models import Contact
from shared.notifications import rules
from shared.notifications.models import EMAIL, PUSH, Letter, Recipient

PAYLOAD = {
    "accountId": "ana",
    "tier": "pro",
    "cycle": 3,
    "threshold": "percent:20",
    "remainingTokens": 1999,
    "nextRefreshDate": "2026-01-31T20:00:00Z",
}


def message(event_type: str, **changes: Any) -> dict[str, Any]:
    payload = PAYLOAD | changes
    return {
        "occasion": f"{event_type}:ana:3",
        "eventType": event_type,
        "accountId": payload["accountId"],
        "tenantId": None,
        "payload": payload,
    }


def letter(event_type: str, **changes: Any) -> Letter:
    found = rules.letter(message(event_type, **changes))
    assert found
    return found


@pytest.mark.parametrize(
    ("event_type", "changes", "subject", "text"),
    [
        (
            "token_low",
            {},
            "Tokens are running low",
            "Your account has 1,999 tokens left, 20 % of a cycle's or less, on the plan pro.\n"
            "The next billing cycle begins on 31 January 2026, 20:00 UTC.",
        ),
        (
            "token_low",
            {"threshold": "amount:1", "remainingTokens": 1, "accountId": "org_refugio"},
            "Tokens are running low",
            "The organization refugio has 1 token left, on the plan pro.\n"
            "The next billing cycle begins on 31 January 2026, 20:00 UTC.",
        ),
        (
            "token_depleted",
            {"threshold": "depleted", "remainingTokens": 0},
            "Tokens have run out",
            "Your account has no tokens left, on the plan pro.\n"
            "The next billing cycle begins on 31 January 2026, 20:00 UTC.",
        ),
        (
            "billing_cycle_refreshed",
            {"remainingTokens": 10_000, "nextRefreshDate": "2026-03-01T01:00:00+02:00"},
            "Tokens have been refreshed",
            "A new billing cycle has begun. Your account has 10,000 tokens available.\n"
            "It ends on 28 February 2026, 23:00 UTC.",
        ),
    ],
)
def test_a_letter_says_what_has_happened(
    event_type: str, changes: dict[str, Any], subject: str, text: str
) -> None:
    found = letter(event_type, **changes)
    assert (found.subject, found.text) == (subject, f"Hello,\n\n{text}\n")
    assert found.occasion == f"{event_type}:ana:3"


def test_people_are_told_of_nothing_else() -> None:
    assert rules.letter(message("account_parked")) is None


@pytest.mark.parametrize(
    "broken",
    [{"remainingTokens": None}, {"nextRefreshDate": "soon"}, {"nextRefreshDate": 1}],
)
def test_what_makes_no_sense_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        rules.letter(message("token_low", **broken))


@pytest.mark.parametrize(
    ("account_id", "tenant"), [("ana", None), ("org_refugio", "refugio"), ("organist", None)]
)
def test_a_pool_is_its_organization_s(account_id: str, tenant: str | None) -> None:
    assert rules.organization(account_id) == tenant


def test_a_person_is_told_by_mail_and_on_each_device() -> None:
    contact = Contact("ana", "ana@example.org", ("phone", "tablet"))
    assert rules.recipients(contact, EMAIL) == [Recipient("ana", "ana", "ana@example.org")]
    assert [to.address for to in rules.recipients(contact, PUSH)] == ["phone", "tablet"]
    assert rules.recipients(Contact("ana"), EMAIL) == rules.recipients(Contact("ana"), PUSH) == []


def test_a_notice_is_one_by_its_occasion_channel_and_recipient() -> None:
    ana, ben = Recipient("ana", "ana", "a@example.org"), Recipient("ben", "ben", "b@example.org")
    low, refreshed = letter("token_low"), letter("billing_cycle_refreshed")
    names = {
        rules.notice(told, channel, who).notice_id
        for told in (low, refreshed)
        for channel in (EMAIL, PUSH)
        for who in (ana, ben)
    }
    assert len(names) == 8
    moved = ana._replace(address="ana@elsewhere.example")
    assert rules.notice(low, EMAIL, moved) == rules.notice(low, EMAIL, ana)
