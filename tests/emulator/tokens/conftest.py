"""Accounts on the emulator, and instances that share nothing but the store."""

import pytest

from scripts.suite.counting import Costs, counted_client
from shared.tokens.desk import Desk
from shared.tokens.models import Account
from shared.tokens.service import Tokens
from shared.tokens.store import Accounts
from shared.wiring import Wiring
from tests.builders import unique


def never(account_id: str) -> Account:
    raise AssertionError(f"{account_id} should be there")


def instances(wiring: Wiring, count: int) -> list[Tokens]:
    """As many instances as there would be in the cloud: nothing remembered is shared."""
    return [Wiring(wiring.settings, wiring.clock).tokens for _ in range(count)]


@pytest.fixture
def costs() -> Costs:
    return Costs()


@pytest.fixture
def tokens(costs: Costs, wiring: Wiring) -> Tokens:
    """An instance whose every call is counted."""
    accounts = Accounts(counted_client(wiring.settings.hub, costs))
    desk = Desk(accounts, wiring.policy, wiring.clock)
    return Tokens(accounts, desk, wiring.policy, wiring.clock)


@pytest.fixture
def account_id(wiring: Wiring) -> str:
    """A free account: a hundred tokens."""
    name = unique("account")
    wiring.tokens.balance(name, wiring.tokens.free(lambda _: None))
    return name
