"""The functions of the hostile inputs' world, as the framework serves them."""

import functions.auth.http
import functions.events.http
import functions.sync.http
import functions.tokens.http  # noqa: F401  # each fills the table of its area
from functions.auth.area import area as auth_area
from functions.events.area import area as events_area
from functions.sync.area import area as sync_area
from functions.tokens.area import area as tokens_area
from tests.emulator.hostile.world import world

auth, ecosystem, sync, tokens = (
    area.function(lambda: world.parts) for area in (auth_area, events_area, sync_area, tokens_area)
)
