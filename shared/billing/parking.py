"""What became of money, and what is set aside because nobody could tell whose it is."""

from shared.billing.store import Parked
from shared.kernel.clock import Clock
from shared.platform.logs import log

IGNORED = "ignored"
REPEATED = "repeated"
UNPAID = "unpaid"
SETTLED = "settled"
PARKED = "parked"


class Parking:
    """Sets aside by name, and says so loudly: somebody has to look."""

    def __init__(self, parked: Parked, clock: Clock) -> None:
        self._parked = parked
        self._clock = clock

    def park(self, name: str, cause: str) -> str:
        self._parked.put(name, cause, self._clock())
        log("ERROR", "payment is parked", parked=name, cause=cause)
        return PARKED

    def waits(self, name: str) -> bool:
        return self._parked.waits(name)

    def resolve(self, name: str) -> None:
        self._parked.resolve(name, self._clock())
