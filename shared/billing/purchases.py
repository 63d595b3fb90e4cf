"""Purchases as they are decided upon, and the money behind them as its taker tells of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

CHECKOUT = "checkout"


class Move(NamedTuple):
    """Tokens that went back, or came again (less than none), when a reversal turned.

    A reversal's first move takes tokens back, its second returns them (a refund that failed, a
    dispute that was won), and so on. `money` is what the reversal is about.
    """

    reversal_id: str
    money: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """Tokens on their way from money to an account. `price` is in minor units.

    `source` is `checkout` where we sold them; another product's purchase has none. `settled` says
    that the account has all that `payment_id` and `moves` mean for it.
    """

    purchase_id: str
    account_id: str
    amount: int
    price: int | None
    currency: str | None
    at: datetime | None
    user_id: str | None = None
    organization_id: str | None = None
    source: str | None = None
    package_id: str | None = None
    fingerprint: str = ""
    session_id: str | None = None
    checkout_url: str | None = None
    payment_id: str | None = None
    moves: tuple[Move, ...] = ()
    processed: bool = False
    settled: bool = False
    status: str = "open"


class Order(NamedTuple):
    """What a caller wants to buy; `key` names the wish once and for all."""

    account_id: str
    user_id: str | None
    organization_id: str | None
    package_id: str
    key: str


class Begun(NamedTuple):
    """A purchase that can be paid for; `replay` when it had been begun before."""

    purchase: Purchase
    replay: bool


class Checkout(NamedTuple):
    """Where a purchase is paid for."""

    session_id: str
    url: str


class Payment(NamedTuple):
    """The money for a purchase: what has arrived, in minor units."""

    payment_id: str
    purchase_id: str | None
    paid: bool
    received: int
    currency: str


class Reversal(NamedTuple):
    """Money that went back (a refund) or was pulled back (a dispute); `away` while it is."""

    reversal_id: str
    kind: str
    amount: int
    away: bool
    created: int


class Notice(NamedTuple):
    """Word that something happened to a payment; none where it is not about one."""

    event_id: str
    type: str
    payment_id: str | None


class Payments(Protocol):
    """Takes the money. Every method may raise DependencyUnavailable."""

    def open_checkout(self, purchase: Purchase) -> Checkout:
        """The same checkout however often it is asked for."""

    def payment(self, payment_id: str) -> Payment | None:
        """As it is by now; none where there is no such payment."""

    def reversals(self, payment_id: str) -> list[Reversal]:
        """All of a payment, as they are by now."""

    def notice(self, body: bytes, signature: str) -> Notice:
        """Raises InvalidRequest unless the money's taker signed it, lately."""
