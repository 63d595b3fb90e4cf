"""A shop on the emulator, with a stand-in of Stripe beside it that tells nobody by itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from scripts.suite.standin.till import Till
from shared.billing.purchases import Begun, Order, Purchase
from shared.billing.shop import Shop
from shared.kernel.payments import read_packages
from shared.tokens.models import Account
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.counters import Counter, letter, open_counter

PRICE, TOKENS = 990, 1_000


@pytest.fixture(scope="session")
def standin() -> Iterator[Counter]:
    with open_counter() as counter:
        yield counter


@pytest.fixture
def till(standin: Counter) -> Till:
    return standin.till


@pytest.fixture
def selling(wiring: Wiring, standin: Counter) -> Callable[..., Shop]:
    """A shop with settings of its own; nothing remembered is shared."""

    def shop(**changes: Any) -> Shop:
        usual: dict[str, Any] = {"stripe": standin.settings, "packages": read_packages(None)}
        settings = replace(wiring.settings, **usual | changes)
        parts = Wiring(settings, wiring.clock)
        return Shop(wiring.hub, settings, parts.auth, parts.tokens, wiring.clock)

    return shop


@pytest.fixture
def shop(selling: Callable[..., Shop]) -> Shop:
    return selling()


@pytest.fixture
def account_id(wiring: Wiring) -> str:
    """A free account: a hundred tokens."""
    name = unique("buyer")
    wiring.tokens.balance(name, wiring.tokens.free(lambda _: None))
    return name


def order(account_id: str, package: str = "small", key: str = "") -> Order:
    return Order(account_id, account_id, None, package, key or unique("key"))


def begun(shop: Shop, account_id: str) -> Begun:
    """A small package on its way: a thousand tokens for 9.90."""
    return shop.purchasing.begin(order(account_id))


def paid(shop: Shop, till: Till, account_id: str, **other: Any) -> tuple[Purchase, str]:
    """A purchase, and the payment that was made for it; nobody has told us yet."""
    purchase = begun(shop, account_id).purchase
    payment = till.pay(purchase.session_id or "", **other)
    return purchase, payment["id"]


def told(shop: Shop, event: dict[str, Any]) -> str:
    """What became of an event that Stripe signed and sent."""
    return shop.settlement.receive(*letter(event))


def now(wiring: Wiring, account_id: str) -> Account:
    """The account as it is stored."""
    found = Wiring(wiring.settings, wiring.clock).accounts.look(account_id).account
    assert found
    return found


def stored(wiring: Wiring, collection: str, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = wiring.hub.collection(collection).document(name).get().to_dict()
    return found
