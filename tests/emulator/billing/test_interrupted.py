"""Whatever breaks in the middle of a settlement, the next telling finishes it."""

from dataclasses import replace
from typing import Any

import pytest

from scripts.suite.standin.till import Till
from shared.billing.shop import Shop
from shared.kernel.errors import DependencyUnavailable
from shared.kernel.payments import read_packages
from shared.tokens.commands import Command
from shared.tokens.rows import Receipt
from shared.tokens.service import Tokens
from shared.wiring import Wiring
from tests.emulator.billing.conftest import TOKENS, now, paid, told
from tests.emulator.counters import Counter, about

FREE = 100


class Interrupted(Tokens):
    """Breaks off at one of its operations, before it is done or just after."""

    def __init__(self, tokens: Tokens, at: int, done: bool) -> None:
        self._tokens = tokens
        self._left = at
        self._done = done

    def execute(self, account_id: str, operation: str, command: Command) -> Receipt:
        self._left -= 1
        if self._left == 0 and not self._done:
            raise DependencyUnavailable(reason="broken off")
        receipt = self._tokens.execute(account_id, operation, command)
        if self._left == 0:
            raise DependencyUnavailable(reason="broken off")
        return receipt


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_what_was_broken_off_is_finished(
    shop: Shop, till: Till, standin: Counter, wiring: Wiring, account_id: str, at: int, done: bool
) -> None:
    purchase, payment = paid(shop, till, account_id)
    till.refund(payment, 99)
    till.dispute(payment, 99)
    event = about(till, payment)[0]
    with pytest.raises(DependencyUnavailable):
        told(_breaking(wiring, standin, at, done), event)
    assert not shop.purchasing.get(purchase.purchase_id).settled
    assert told(shop, event) == "settled"
    assert now(wiring, account_id).available == FREE + TOKENS - 200
    found = shop.purchasing.get(purchase.purchase_id)
    assert (found.processed, found.settled, found.status) == (True, True, "disputed")


def _breaking(wiring: Wiring, standin: Counter, at: int, done: bool) -> Shop:
    usual: dict[str, Any] = {"stripe": standin.settings, "packages": read_packages(None)}
    settings = replace(wiring.settings, **usual)
    tokens = Interrupted(wiring.tokens, at, done)
    return Shop(wiring.hub, settings, wiring.auth, tokens, wiring.clock)
