"""The emulators of the running suite, and a backbone wired to them."""

import os
from datetime import datetime

import pytest

from shared.kernel.clock import utc_now
from shared.kernel.settings import read_settings
from shared.wiring import Wiring


class SetClock:
    """A clock that a test sets; until then it tells the time."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def __call__(self) -> datetime:
        return self.moment or utc_now()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def wiring(clock: SetClock) -> Wiring:
    """Fresh services, so that what one test's instance remembers is not another's."""
    return Wiring(read_settings(os.environ), clock)
