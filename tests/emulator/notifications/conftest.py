"""People with addresses, a sender that is watched, and instances that share only the store."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.auth.contacts import Contacts
from shared.kernel.settings import read_settings
from shared.notifications.models import EMAIL, Letter, Notice
from shared.notifications.service import Notifier
from shared.notifications.store import Notifications
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.killed import Killed


class Watched:
    """A sender that keeps what it is given; `first` and `then` are done before and after."""

    def __init__(self, channel: str = EMAIL) -> None:
        self.channel = channel
        self.sent: list[tuple[str, str]] = []
        self.before: Callable[[str], None] = lambda _: None
        self.after: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def send(self, address: str, notice: Notice) -> None:
        self.before(address)
        with self._lock:
            self.sent.append((address, notice.notice_id))
        self.after()

    @property
    def addresses(self) -> list[str]:
        return sorted(address for address, _ in self.sent)


def kill(*_: object) -> None:
    raise Killed


def linger(*_: object) -> None:
    time.sleep(0.1)


def letter(account_id: str) -> Letter:
    return Letter(unique("occasion"), "token_low", account_id, "Tokens are low", "Hello.\n")


def notifier(wiring: Wiring, *senders: Watched) -> Notifier:
    """Of an instance of its own."""
    hub = Wiring(wiring.settings, wiring.clock).hub
    return Notifier(Contacts(hub), Notifications(hub, wiring.clock), senders)


@pytest.fixture
def wiring(clock: SetClock) -> Wiring:
    """A hub without triggers: in the suite's own, the deployed function may tell first."""
    return Wiring(read_settings({**os.environ, "HYPHAE_HUB": "demo-notices"}), clock)


@pytest.fixture
def mail() -> Watched:
    return Watched()


@pytest.fixture
def person(wiring: Wiring) -> Callable[..., str]:
    """Somebody with an e-mail of their own; what is given is in their settings."""

    def made(**settings: Any) -> str:
        user_id = unique("user")
        row = {"profile": {"email": f"{user_id}@example.org"}, "settings": settings}
        wiring.hub.document(f"users/{user_id}").set(row)
        return user_id

    return made
