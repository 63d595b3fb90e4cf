"""The composition root: the one place that builds clients and stores, each on first use."""

import functools
import os

from shared.kernel.settings import read_settings
from shared.wiring.billing import BillingWiring
from shared.wiring.catalogue import CatalogueWiring
from shared.wiring.key_sweep import KeySweepWiring
from shared.wiring.limits import LimitsWiring
from shared.wiring.notifications import NotificationsWiring
from shared.wiring.sessions import SessionsWiring
from shared.wiring.streams import StreamsWiring
from shared.wiring.sync import SyncWiring


class Wiring(
    BillingWiring,
    CatalogueWiring,
    KeySweepWiring,
    LimitsWiring,
    NotificationsWiring,
    SessionsWiring,
    StreamsWiring,
    SyncWiring,
):
    """What a handler may ask for: these areas, and those that they build upon."""


@functools.cache
def wiring() -> Wiring:
    """The wiring of this process, from its environment."""
    return Wiring(read_settings(os.environ))
