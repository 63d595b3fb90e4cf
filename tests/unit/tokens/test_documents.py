"""Accounts as they are stored."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.commands import ChangePlan
from shared.tokens.documents import DoesNotAddUp, account_document
from shared.tokens.documents import account as stored_account
from shared.tokens.models import Tier
from tests.builders import NEW_YEAR, POLICY, account, deduction, without
from tests.unit.tokens.steps import (
    FEBRUARY,
    FOREIGN,
    SOON,
    adjust,
    after,
    gift,
    hold,
    limits,
    purchase,
)

ROLLING = replace(POLICY, tiers={"free": Tier(100, 40), "pro": Tier(10_000)})
LOT = {"id": "x", "kind": "promo", "left": 1, "priority": 30, "expiresAt": None}
HELD = {"parts": [], "expiresAt": SOON, "cycle": 0, "taskType": None, "actor": None}
TASK = {"task": "chat", "tokens": 1, "count": 1}
COUNTS = ("includedTokens", "purchasedTokens", "totalUsedTokens", "debt", "seq", "cycle")
NO_COUNTS: tuple[Any, ...] = (-1, 1.5, "1", True, 2**53, float("inf"), float("nan"), None, [])


def test_an_account_comes_back_from_its_document_as_it_was() -> None:
    held = after(
        replace(account(account_id="org_t", organization_id="t"), head="ab", debt=3),
        purchase(50),
        gift(7, FEBRUARY + timedelta(days=3)),
        gift(5, operation="for ever"),
        adjust(3),
        hold(60, actor="ana"),
        hold(2, "other", task_type="chat"),
        deduction(41, task_type="chat", actor="ben"),
        limits("cap", 30, {"ana": 70}),
        ChangePlan("up", "pro"),
        ChangePlan("down", "free"),
        policy=ROLLING,
    )
    assert stored_account("org_t", account_document(held)) == held


def test_an_account_comes_back_after_a_refresh_with_an_open_hold() -> None:
    held = after(account(purchased=50), hold(130, ttl=timedelta(days=60)))
    held = after(held, deduction(5), now=FEBRUARY, policy=ROLLING)
    assert stored_account("a", account_document(held)) == held


@given(st.integers(0, 100), st.integers(0, 90), st.lists(st.integers(1, 40), max_size=5))
def test_what_is_spent_or_held_comes_back(left: int, purchased: int, amounts: list[int]) -> None:
    held = account(base_left=left, purchased=purchased, time_zone="Europe/Paris")
    for number, amount in enumerate(amounts):
        move = hold(amount, str(number)) if number % 2 else deduction(amount, str(number))
        held = after(held, move) if amount <= held.available else held
    assert stored_account("a", account_document(held)) == held


def test_the_views_say_what_the_lots_hold() -> None:
    held = after(account(purchased=50), gift(10), hold(120), deduction(15))
    document = account_document(held)
    names = ("includedTokens", "includedUsedTokens", "purchasedTokens", "totalUsedTokens")
    assert [document[name] for name in names] == [100, 0, 45, 15]
    assert (document["heldTokens"], document["debt"]) == (120, 0)


def test_times_of_any_zone_are_the_same_instants() -> None:
    east = timezone(timedelta(hours=5))
    there = FOREIGN | {"subscriptionStartDate": NEW_YEAR.astimezone(east)}
    assert stored_account("a", there) == stored_account("a", FOREIGN)


@pytest.mark.parametrize(
    "broken",
    [
        {"purchasedTokens": -1},
        {"debt": -1},
        {"includedTokens": None},
        {"includedTokens": "many"},
        {"subscriptionStartDate": None},
        {"subscriptionStartDate": "2026-01-01"},
        {"timeZone": "Mars/Olympus"},
        {"timeZone": "../../etc/passwd"},
        {"timeZone": 7},
        {"holds": ["hold"]},
        {"holds": {"h": {"parts": []}}},
        {"lots": [{"id": "x"}]},
        {"lots": [{"id": "x", "kind": "promo", "left": -1, "priority": 30, "expiresAt": None}]},
        {"limits": "none"},
        {"usage": "much"},
        *({name: value} for name in COUNTS for value in NO_COUNTS),
        {"includedTokens": 2**52, "purchasedTokens": 2**52},
        {"includedUsedTokens": "1"},
        {"includedUsedTokens": 1.5},
        {"openingTokens": None},
        {"tier": 5},
        {"tier": {"name": "pro"}},
        {"pendingTier": 5},
        {"organizationId": {}},
        {"headHash": b"x"},
        {"fired": "depleted"},
        {"fired": [1, "depleted"]},
        {"memberUsed": [1]},
        {"memberUsed": {"ana": None}},
        {"memberUsed": {"ana": 1.5}},
        {"limits": {"overage": "sometimes"}},
        {"limits": {"overage": ["cap"]}},
        {"limits": {"overage": "cap", "cap": "1"}},
        {"limits": {"memberCaps": [1]}},
        {"limits": {"memberCaps": {"ana": "1"}}},
        {"limits": {"memberCaps": {"ana": -1}}},
        {"lots": [LOT | {"left": 1.5}]},
        {"lots": [LOT | {"kind": "found"}]},
        {"lots": [LOT | {"kind": ["promo"]}]},
        {"lots": [LOT | {"id": 1}]},
        {"lots": [LOT | {"priority": "high"}]},
        {"lots": [LOT | {"expiresAt": "soon"}]},
        {"holds": {"h": HELD | {"parts": [{"lot": "x", "kind": "x", "amount": 1}]}}},
        {"holds": {"h": HELD | {"parts": [{"lot": "x", "kind": "promo", "amount": "1"}]}}},
        {"holds": {"h": HELD | {"cycle": None}}},
        {"holds": {"h": HELD | {"taskType": 1}}},
        {"holds": {"h": HELD | {"actor": {}}}},
        {"usage": {"day": "2026-01-01"}},
        {"usage": {"day": "a/b", "tasks": []}},
        {"usage": {"day": "20260101", "tasks": []}},
        {"usage": {"day": 20260101, "tasks": []}},
        {"usage": {"day": "2026-01-01", "tasks": [TASK | {"task": 1}]}},
        {"usage": {"day": "2026-01-01", "tasks": [TASK | {"tokens": "1"}]}},
        {"usage": {"day": "2026-01-01", "tasks": [TASK | {"count": -1}]}},
        {"subscriptionStartDate": datetime(1, 1, 1, tzinfo=UTC), "timeZone": "America/New_York"},
        {"subscriptionStartDate": datetime(9999, 12, 31, tzinfo=UTC), "timeZone": "Asia/Tokyo"},
        {"billingCycleStartDate": datetime(9999, 12, 31, tzinfo=UTC)},
        {"nextRefreshDate": datetime(1, 1, 1, tzinfo=UTC)},
    ],
)
def test_an_account_that_makes_no_sense_does_not_add_up(broken: dict[str, Any]) -> None:
    with pytest.raises(DoesNotAddUp):
        stored_account("a", FOREIGN | broken)


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../etc/passwd", "America", "\0"])
def test_a_zone_that_is_none_is_noticed_before_a_cycle_ends(zone: str) -> None:
    document = account_document(account())
    with pytest.raises(DoesNotAddUp):
        stored_account("a", document | {"timeZone": zone})


@pytest.mark.parametrize("never", [None, 0, "", False])
def test_a_lot_without_an_end_has_none(never: Any) -> None:
    document = account_document(account(purchased=50))
    held = stored_account("a", document | {"lots": [LOT | {"expiresAt": never}]})
    assert after(held, deduction(1), now=FEBRUARY).extra == 50


def test_more_held_than_bought_does_not_add_up() -> None:
    document = account_document(after(account(purchased=50), hold(130)))
    with pytest.raises(DoesNotAddUp):
        stored_account("a", document | {"purchasedTokens": 29})


@pytest.mark.parametrize("name", ["includedTokens", "purchasedTokens", "totalUsedTokens"])
def test_an_account_without_its_numbers_does_not_add_up(name: str) -> None:
    with pytest.raises(DoesNotAddUp):
        stored_account("a", without(FOREIGN, name))


def test_empty_members_are_taken_for_none() -> None:
    names = ("holds", "lots", "limits", "memberUsed", "fired", "usage", "timeZone", "tier")
    assert stored_account("a", FOREIGN | dict.fromkeys(names)) == stored_account("a", FOREIGN)


def test_whole_numbers_may_be_written_with_a_point() -> None:
    numbers = {name: float(FOREIGN[name]) for name in COUNTS[:3]}
    assert stored_account("a", FOREIGN | numbers) == stored_account("a", FOREIGN)


def test_a_cycle_that_never_ends_is_one() -> None:
    never = datetime(9999, 12, 31, tzinfo=UTC)
    assert stored_account("a", FOREIGN | {"nextRefreshDate": never}).period.end == never


def test_moments_are_kept_to_the_microsecond() -> None:
    start = datetime.fromisoformat("2026-01-31T20:00:00.123457+00:00")
    held = account(start=start, time_zone="America/Los_Angeles")
    assert stored_account("a", account_document(held)) == held
    assert SOON < held.period.start == start
