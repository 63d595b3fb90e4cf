"""What keys want by the clock."""

from shared.entry.schedule import scheduled
from shared.entry.wire import Wire
from shared.wiring import Wiring


class KeysDue(Wire):
    """How many tenants' keys are rotated or swept."""

    started: int


@scheduled
def sweep_keys(wiring: Wiring) -> KeysDue:
    return KeysDue(started=wiring.key_sweep.start_due())
