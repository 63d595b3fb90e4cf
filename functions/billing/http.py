"""The billing calls: what the settings define; accounts stand beside."""

from functions.billing import accounts
from functions.billing.area import area
from functions.billing.schemas import Tier, Tiers
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

__all__ = ["accounts", "billing"]


@area.route("GET", "/tiers", Nothing, Tiers)
def tiers(call: Call[Nothing], wiring: Wiring) -> Tiers:
    found = wiring.settings.tiers.items()
    return Tiers(items=tuple(Tier(tier=name, included_tokens=tokens) for name, tokens in found))


billing = area.function()
