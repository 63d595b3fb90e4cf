"""What sync does by the clock."""

from shared.entry.schedule import scheduled
from shared.entry.wire import Wire
from shared.wiring import Wiring


class Swept(Wire):
    """How many routes are being swept."""

    started: int


@scheduled
def sweep_routes(wiring: Wiring) -> Swept:
    return Swept(started=wiring.sweep.start_all())
