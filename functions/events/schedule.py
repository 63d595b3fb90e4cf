"""What handlers still have to do, every minute: retries, replays, and what nobody told of."""

from functions.events.handlers import HANDLERS
from functions.events.schemas import CaughtUp
from shared.entry.schedule import scheduled
from shared.wiring import Wiring

PAGES = 50


@scheduled
def retry_events(wiring: Wiring) -> CaughtUp:
    """Each handler in turn, some pages of it: what is left is the next minute's."""
    handled = 0
    for handler in HANDLERS:
        for _ in range(PAGES):
            found = wiring.dispatcher.catch_up(handler)
            handled += found
            if not found:
                break
    return CaughtUp(handled=handled)
