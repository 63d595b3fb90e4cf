"""Other products write to accounts as well: what they say counts, what they undo is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.kernel.errors import Conflict
from shared.tokens.commands import ChangePlan, Deduct
from shared.tokens.renewal import Outcome
from shared.wiring import Wiring
from tests.builders import NEW_YEAR, unique
from tests.emulator.conftest import SetClock
from tests.emulator.tokens.conftest import instances, never

MONTH = timedelta(days=31)


@pytest.fixture
def opened(wiring: Wiring, clock: SetClock) -> Callable[[], str]:
    """Free accounts from New Year, of which sixty tokens are spent."""

    def account() -> str:
        name, clock.moment = unique("account"), NEW_YEAR
        wiring.tokens.balance(name, wiring.tokens.free(lambda _: None))
        wiring.tokens.deduct(name, Deduct("first", 60), never)
        return name

    return account


def set_back(wiring: Wiring, account_id: str) -> None:
    """To what the seeds know of an account at New Year: the ledger is ahead of it."""
    row = {
        "userId": account_id,
        "includedTokens": 100,
        "purchasedTokens": 0,
        "totalUsedTokens": 0,
        "subscriptionStartDate": NEW_YEAR,
        "billingCycleStartDate": NEW_YEAR,
        "nextRefreshDate": NEW_YEAR + MONTH,
    }
    wiring.hub.collection("token_balances").document(account_id).set(row)


@pytest.mark.parametrize("written", [{"includedTokens": 50}, {"includedUsedTokens": 150}])
def test_what_is_remembered_of_a_changed_account_is_what_is_stored(
    wiring: Wiring, opened: Callable[[], str], written: dict[str, int]
) -> None:
    name = opened()
    wiring.hub.collection("token_balances").document(name).update(written)
    one, other = instances(wiring, 2)
    told = one.execute(name, "up", ChangePlan("up", "pro")).entry.available_after
    assert told == one.balance(name, never).available == other.balance(name, never).available


def test_an_account_that_was_set_back_is_under_review_at_once(
    wiring: Wiring, clock: SetClock, opened: Callable[[], str]
) -> None:
    name = opened()
    clock.moment = NEW_YEAR + MONTH
    wiring.tokens.deduct(name, Deduct("second", 1), never)
    set_back(wiring, name)
    for tokens in (wiring.tokens, *instances(wiring, 1)):
        with pytest.raises(Conflict):
            tokens.deduct(name, Deduct("third", 1), never)
        assert tokens.deduct(name, Deduct("second", 1), never).replay


def test_an_account_that_was_set_back_keeps_no_other_from_its_refresh(
    wiring: Wiring, clock: SetClock, opened: Callable[[], str]
) -> None:
    names = [opened() for _ in range(3)]
    clock.moment = NEW_YEAR + MONTH
    wiring.tokens.deduct(names[1], Deduct("second", 1), never)
    set_back(wiring, names[1])
    assert wiring.renewal.refresh(names) == Outcome(2, 0, [names[1]])
    assert wiring.renewal.refresh([names[0], names[2]]) == Outcome(0, 2, [])
