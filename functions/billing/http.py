"""The billing calls: what the settings define; accounts, purchases and webhooks stand beside."""

from functions.billing import accounts, purchases, webhooks
from functions.billing.area import area
from functions.billing.schemas import Package, Packages, Tier, Tiers
from shared.entry.http import Call
from shared.entry.wire import PageQuery
from shared.kernel.pages import page_of
from shared.wiring import Wiring

__all__ = ["accounts", "billing", "purchases", "webhooks"]


@area.route("GET", "/tiers", PageQuery, Tiers)
def tiers(call: Call[PageQuery], wiring: Wiring) -> Tiers:
    found = wiring.settings.tiers.items()
    known = {name: Tier(tier=name, included_tokens=tokens) for name, tokens in found}
    page = page_of(known, "tiers", call.input.limit, call.input.cursor)
    return Tiers(items=tuple(page.items), next_cursor=page.next_cursor)


@area.route("GET", "/packages", PageQuery, Packages)
def packages(call: Call[PageQuery], wiring: Wiring) -> Packages:
    found = wiring.settings.packages.items()
    known = {name: Package(package_id=name, **one._asdict()) for name, one in found}
    page = page_of(known, "packages", call.input.limit, call.input.cursor)
    return Packages(items=tuple(page.items), next_cursor=page.next_cursor)


billing = area.function()
