"""Signing in, as the Auth emulator's tokens do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.auth.models import Caller
from shared.wiring import Wiring
from tests.builders import claims, unsigned_token

Instances = Callable[[int], list[Wiring]]


def sign_in(wiring: Wiring, ago: timedelta = timedelta(0), **stated: Any) -> Caller:
    """Present a token of somebody who signed in some time ago."""
    now = wiring.clock()
    signed_in = int((now - ago).timestamp())
    return wiring.auth.caller_with_token(
        unsigned_token(claims(now, **{"auth_time": signed_in, **stated}))
    )


@pytest.fixture
def instances(wiring: Wiring) -> Instances:
    """As many instances as there would be in the cloud: nothing remembered is shared."""
    return lambda count: [Wiring(wiring.settings, wiring.clock) for _ in range(count)]
