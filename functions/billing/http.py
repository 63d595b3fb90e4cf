"""The billing calls: what the settings define; accounts, purchases and webhooks stand beside."""

from functions.billing import accounts, purchases, webhooks
from functions.billing.area import area
from functions.billing.schemas import Package, Packages, Tier, Tiers
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

__all__ = ["accounts", "billing", "purchases", "webhooks"]


@area.route("GET", "/tiers", Nothing, Tiers)
def tiers(call: Call[Nothing], wiring: Wiring) -> Tiers:
    found = wiring.settings.tiers.items()
    return Tiers(items=tuple(Tier(tier=name, included_tokens=tokens) for name, tokens in found))


@area.route("GET", "/packages", Nothing, Packages)
def packages(call: Call[Nothing], wiring: Wiring) -> Packages:
    found = wiring.settings.packages.items()
    return Packages(items=tuple(Package(package_id=name, **one._asdict()) for name, one in found))


billing = area.function()
