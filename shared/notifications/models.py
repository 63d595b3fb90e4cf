"""What people are told, and the port through which it reaches them."""

from typing import NamedTuple, Protocol

EMAIL, PUSH = "email", "push"


class Letter(NamedTuple):
    """What became of an account, in words. `occasion` makes it one, however often it comes."""

    occasion: str
    event_type: str
    account_id: str
    subject: str
    text: str


class Recipient(NamedTuple):
    """Whom a letter goes to by one channel. `name` is what they are told it once by."""

    user_id: str
    name: str
    address: str


class Notice(NamedTuple):
    """One letter to one recipient. A vendor that is given its id again may know it for the same."""

    notice_id: str
    subject: str
    text: str


class Undeliverable(Exception):
    """No other try can succeed; says why."""


class AddressGone(Undeliverable):
    """Nobody is at the address any more."""


class Sender(Protocol):
    """One channel to people."""

    @property
    def channel(self) -> str:
        """`email` or `push`: which of a person's addresses it takes."""

    def send(self, address: str, notice: Notice) -> None:
        """Raises Undeliverable, AddressGone, or DependencyUnavailable where it may work later."""
