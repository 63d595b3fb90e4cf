"""The billing calls."""

from functions.billing.schemas import Tier, Tiers
from shared.entry.http import Area, Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

area = Area("billing")


@area.route("GET", "/tiers", Nothing, Tiers)
def tiers(call: Call[Nothing], wiring: Wiring) -> Tiers:
    found = wiring.settings.tiers.items()
    return Tiers(items=tuple(Tier(tier=name, included_tokens=tokens) for name, tokens in found))


billing = area.function()
