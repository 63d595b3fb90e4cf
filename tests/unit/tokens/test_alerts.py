"""What a change of a balance is worth telling."""

from shared.tokens.alerts import alerts
from tests.builders import account


def test_running_low_is_told_when_it_begins() -> None:
    before, after = account(included_used=79), account(included_used=80)
    assert alerts(before, after, low_percent=20) == ["token_low"]
    assert alerts(after, account(included_used=85), low_percent=20) == []


def test_running_out_is_told_whether_or_not_it_was_low_before() -> None:
    empty = account(included_used=100)
    assert alerts(account(included_used=90), empty, low_percent=20) == ["token_depleted"]
    assert alerts(account(), empty, low_percent=20) == ["token_depleted"]


def test_purchased_tokens_keep_an_account_from_being_low() -> None:
    assert alerts(account(), account(included_used=100, purchased=21), low_percent=20) == []


def test_a_new_cycle_is_told_and_starts_with_plenty() -> None:
    before, after = account(included_used=100), account(cycle=1)
    assert alerts(before, after, low_percent=20) == ["billing_cycle_refreshed"]


def test_a_new_cycle_that_is_spent_at_once_tells_both() -> None:
    after = account(cycle=1, included_used=100)
    found = alerts(account(included_used=100), after, low_percent=20)
    assert found == ["billing_cycle_refreshed", "token_depleted"]


def test_a_new_account_is_told_of_only_when_it_is_short() -> None:
    assert alerts(None, account(), low_percent=20) == []
    assert alerts(None, account(included_used=95), low_percent=20) == ["token_low"]
