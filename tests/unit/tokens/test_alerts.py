"""Thresholds of what is left, and what is told when."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.commands import Touch, Void
from shared.tokens.models import Account, Policy
from shared.tokens.rows import Change
from tests.builders import NEW_YEAR, POLICY, account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    SOON,
    adjust,
    after,
    change,
    gift,
    hold,
    hold_id,
    purchase,
    refund,
    take_back,
)

SEVERAL = replace(POLICY, low_percents=(50, 20), low_amounts=(7,))
NONE = replace(POLICY, low_percents=(), low_amounts=())


def told(done: Change) -> list[str]:
    return [str(message.payload.get("threshold", "refreshed")) for message in done.messages]


def test_running_low_is_told_when_it_begins() -> None:
    low = change(account(), deduction(80))
    assert told(low) == ["percent:20"]
    assert [message.event_type for message in low.messages] == ["token_low"]
    assert told(change(low.account, deduction(5))) == []


def test_one_above_the_threshold_is_not_low() -> None:
    assert told(change(account(), deduction(79))) == []


def test_running_out_is_told_besides() -> None:
    low = after(account(), deduction(85))
    empty = change(low, deduction(15))
    assert [message.event_type for message in empty.messages] == ["token_depleted"]


def test_running_out_at_once_tells_of_every_threshold_on_the_way() -> None:
    assert told(change(account(), deduction(100), policy=SEVERAL)) == [
        "percent:50",
        "percent:20",
        "amount:7",
        "depleted",
    ]


def test_absolute_thresholds_are_reached_like_any_other() -> None:
    held = after(account(), deduction(92), policy=SEVERAL)
    assert told(change(held, deduction(1), policy=SEVERAL)) == ["amount:7"]


def test_without_thresholds_only_running_out_is_told() -> None:
    assert told(change(account(), deduction(99), policy=NONE)) == []
    assert told(change(account(), deduction(100), policy=NONE)) == ["depleted"]


def test_purchased_tokens_keep_an_account_from_being_low() -> None:
    assert told(change(account(purchased=121), deduction(200))) == []
    assert told(change(account(purchased=120), deduction(200))) == ["percent:20"]


def test_a_threshold_is_told_once_a_cycle_however_often_it_is_crossed() -> None:
    held = after(account(), deduction(85), purchase(50))
    assert told(change(held, deduction(50, "again"))) == []
    assert told(change(held, deduction(65, "all"))) == ["depleted"]


def test_the_next_cycle_tells_again() -> None:
    held = after(account(), deduction(85))
    assert told(change(held, deduction(85, "feb"), FEBRUARY)) == ["refreshed", "percent:20"]


def test_a_new_cycle_that_is_in_debt_is_low_from_its_start() -> None:
    held = replace(account(base_left=0), debt=90)
    assert told(change(held, Touch(), FEBRUARY)) == ["refreshed", "percent:20"]


def test_holding_and_taking_back_and_correcting_reach_thresholds_too() -> None:
    assert told(change(account(), hold(90))) == ["percent:20"]
    assert told(change(account(), adjust(-90))) == ["percent:20"]
    assert told(change(account(base_left=0, purchased=50), take_back(40))) == ["percent:20"]


def test_a_gift_that_lapses_reaches_a_threshold() -> None:
    held = after(account(base_left=10), gift(50, SOON + timedelta(days=1)))
    assert told(change(held, Touch(), SOON + timedelta(days=1))) == ["percent:20"]


def test_what_time_did_is_told_though_it_is_over() -> None:
    held = after(
        account(base_left=60), gift(50, SOON + timedelta(hours=1)), hold(55, ttl=timedelta(hours=2))
    )
    done = change(held, Touch(), SOON + timedelta(hours=3))
    assert (told(done), done.account.available) == (["percent:20"], 60)


def test_coming_back_is_not_told() -> None:
    held = after(account(), hold(90))
    assert told(change(held, Void(hold_id()))) == []
    spent = change(account(), deduction(90))
    assert told(change(spent.account, refund(spent.rows[-1]))) == []


def test_a_message_says_what_is_left_and_when_more_comes() -> None:
    (message,) = change(account(), deduction(85)).messages
    assert message.message_id == "token_low:a:0:percent:20"
    assert message.payload == {
        "accountId": "a",
        "tier": "free",
        "cycle": 0,
        "threshold": "percent:20",
        "remainingTokens": 15,
        "nextRefreshDate": "2026-02-01T00:00:00Z",
    }


def test_a_refresh_is_confirmed_with_what_is_there_now() -> None:
    (message,) = change(account(purchased=5), Touch(), FEBRUARY).messages
    assert message.message_id == "billing_cycle_refreshed:a:1"
    assert message.payload["remainingTokens"] == 105


@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans(), st.integers(0, 9)), max_size=12),
    st.sampled_from([POLICY, SEVERAL, NONE]),
)
def test_every_threshold_that_is_reached_is_told_exactly_once_a_cycle(
    moves: list[tuple[int, bool, int]], policy: Policy
) -> None:
    held, now = account(), NEW_YEAR
    heard: list[str] = []
    for number, (amount, up, days) in enumerate(moves):
        now += timedelta(days=days)
        command = purchase(amount, str(number)) if up else adjust(-amount, str(number))
        done = change(held, command, now, policy)
        heard += [message.message_id for message in done.messages]
        held = done.account
        assert _reached(held, policy) <= held.fired
    assert len(heard) == len(set(heard))
    assert {name.split(":", 3)[3] for name in heard if _is_of(held, name)} == held.fired


def _is_of(held: Account, message_id: str) -> bool:
    """Whether it is a threshold of the account's present cycle."""
    event_type, _, cycle = message_id.split(":")[:3]
    return event_type != "billing_cycle_refreshed" and cycle == str(held.period.n)


def _reached(held: Account, policy: Policy) -> set[str]:
    bounds = {f"percent:{p}": held.included * p // 100 for p in policy.low_percents}
    bounds |= {f"amount:{amount}": amount for amount in policy.low_amounts} | {"depleted": 0}
    return {name for name, bound in bounds.items() if held.available <= bound}
