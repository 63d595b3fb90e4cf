"""What money means for a purchase: whether it buys, and what of it goes back."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.billing import rules
from shared.billing.purchases import Payment, Purchase, Reversal
from shared.kernel.payments import Package

PACKAGES = {"small": Package(1_000, 990, "eur")}


def purchase(**changes: Any) -> Purchase:
    """A small package that somebody has begun to buy."""
    base = Purchase("p", "a", 1_000, 990, "eur", None, source="checkout", package_id="small")
    return replace(base, **changes)


def payment(**changes: Any) -> Payment:
    return Payment("pi", "p", True, 990, "eur")._replace(**changes)


def refund(amount: int, name: str = "re", **changes: Any) -> Reversal:
    return Reversal(name, "refund", amount, True, 1)._replace(**changes)


def after(found: Purchase, *reversals: Reversal) -> Purchase:
    """The purchase once these reversals are dealt with."""
    return rules.settled(rules.claimed(found, payment(), reversals), reversals)


def taken(found: Purchase) -> list[int]:
    return [move.tokens for move in found.moves]


def test_the_right_money_buys() -> None:
    assert rules.refusal(purchase(), payment(), PACKAGES) is None


@pytest.mark.parametrize(
    ("found", "money", "cause"),
    [
        (None, payment(), "unknown_purchase"),
        (purchase(source=None), payment(), "unknown_purchase"),
        (purchase(), payment(currency="usd"), "wrong_currency"),
        (purchase(), payment(received=989), "wrong_amount"),
        (purchase(), payment(received=991), "wrong_amount"),
        (purchase(price=None), payment(received=0), "wrong_amount"),
        (purchase(payment_id="pi_other"), payment(), "second_payment"),
        (purchase(package_id="gone"), payment(), "package_gone"),
        (purchase(package_id=None), payment(), "package_gone"),
    ],
)
def test_other_money_does_not(found: Purchase | None, money: Payment, cause: str) -> None:
    assert rules.refusal(found, money, PACKAGES) == cause


def test_what_is_credited_stays_so_when_its_package_goes() -> None:
    assert rules.refusal(purchase(processed=True, package_id="gone"), payment(), PACKAGES) is None


def test_a_price_that_changed_since_does_not_matter() -> None:
    dearer = {"small": Package(1_000, 2_000, "eur")}
    assert rules.refusal(purchase(), payment(), dearer) is None


def test_a_claim_is_settled_only_once_its_account_has_everything() -> None:
    claimed = rules.claimed(purchase(), payment(), ())
    assert (claimed.payment_id, claimed.settled, claimed.processed) == ("pi", False, False)
    settled = rules.settled(claimed, ())
    assert (settled.settled, settled.processed, settled.status) == (True, True, "paid")
    assert rules.claimed(settled, payment(), ()) == settled


def test_a_reversal_opens_the_claim_again() -> None:
    settled = after(purchase())
    claimed = rules.claimed(settled, payment(), [refund(99)])
    assert (claimed.settled, claimed.processed, taken(claimed)) == (False, True, [100])


@pytest.mark.parametrize(
    ("refunds", "tokens", "status"),
    [
        ([990], [1_000], "refunded"),
        ([1], [1], "partially_refunded"),
        ([98], [98], "partially_refunded"),
        ([330, 330, 330], [333, 333, 334], "refunded"),
        ([989, 1], [998, 2], "refunded"),
    ],
)
def test_refunds_take_tokens_back_in_proportion(
    refunds: list[int], tokens: list[int], status: str
) -> None:
    all_of_them = [refund(amount, f"re_{n}", created=n) for n, amount in enumerate(refunds)]
    found = after(purchase(), *all_of_them)
    assert (taken(found), found.status) == (tokens, status)


def test_of_few_tokens_a_small_refund_takes_none() -> None:
    found = after(purchase(amount=1), refund(500))
    assert (taken(found), found.status) == ([0], "partially_refunded")


def test_a_refund_that_failed_gives_the_tokens_back() -> None:
    found = after(after(purchase(), refund(990)), refund(990, away=False))
    assert (taken(found), found.status) == ([1_000, -1_000], "paid")


def test_a_refund_that_was_never_seen_before_it_failed_is_nothing() -> None:
    assert after(purchase(), refund(990, away=False)).moves == ()


def test_a_dispute_takes_what_a_refund_has_left() -> None:
    dispute = Reversal("dp", "dispute", 990, True, 2)
    found = after(purchase(), refund(495), dispute)
    assert (taken(found), found.status) == ([500, 500], "disputed")


def test_a_dispute_that_was_won_leaves_what_was_refunded_meanwhile() -> None:
    dispute = Reversal("dp", "dispute", 990, True, 1)
    disputed = after(purchase(), dispute, refund(495, created=2))
    assert taken(disputed) == [1_000, 0]
    won = after(disputed, dispute._replace(away=False), refund(495, created=2))
    assert (taken(won), won.status) == ([1_000, 0, -500], "partially_refunded")


def test_each_move_has_a_name_of_its_own() -> None:
    found = purchase()
    for away in (True, False, True):
        found = after(found, refund(990, away=away))
    assert [name for name, _ in rules.named(found.moves)] == ["re", "re:2", "re:3"]


AMOUNTS = st.lists(st.integers(1, 600), min_size=1, max_size=5)
TURNS = st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12)


@given(amounts=AMOUNTS, turns=TURNS, tokens=st.integers(1, 10_000))
def test_however_reversals_turn_what_is_back_is_what_is_owed(
    amounts: list[int], turns: list[tuple[int, bool]], tokens: int
) -> None:
    found = after(purchase(amount=tokens))
    state = [refund(amount, f"re_{n}", away=False) for n, amount in enumerate(amounts)]
    for which, away in turns:
        place = which % len(state)
        state[place] = state[place]._replace(away=away)
        found = after(found, *state)
    away_now = sum(one.amount for one in state if one.away)
    assert sum(taken(found)) == tokens * min(away_now, 990) // 990
    assert after(found, *state) == found


@given(amounts=AMOUNTS, tokens=st.integers(1, 10_000))
def test_nobody_owes_more_than_was_bought(amounts: list[int], tokens: int) -> None:
    found = purchase(amount=tokens)
    for n, _ in enumerate(amounts):
        found = after(found, *(refund(a, f"re_{i}") for i, a in enumerate(amounts[: n + 1])))
        assert 0 <= sum(taken(found)) <= tokens
        assert all(tokens >= 0 for tokens in taken(found))
