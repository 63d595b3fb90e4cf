"""The demo's step about a menu: changed once, told once, and synced by hand."""

from collections.abc import Mapping
from typing import Any

from scripts.suite.api import Api
from scripts.suite.identities import sign_in
from scripts.suite.seed import people
from scripts.suite.stage import Story, require, say

MENU = "/sync/tenants/las-reinas"


def change_a_menu(story: Story) -> None:
    owner = next(p for p in people() if (p.role, p.tenant_id) == ("owner", "las-reinas"))
    api = Api.with_token(sign_in(owner))
    dish = {"name": f"Mole {story.name}", "price": 1250, "currency": "USD"}
    added = story.timed("POST /sync/.../products", lambda: api.post(f"{MENU}/products", dish))
    require(added.status == 201, f"a dish is added: {added.body}")
    say(f"{owner.email} adds {dish['name']} to the menu of Las Reinas.")
    product_id = added.body["productId"]
    story.awaited("menu_item_added", lambda: _heard(api, "menu_item_added", product_id))
    say("SMP, which shows the menu, has the event menu_item_added.")
    begun = api.post(f"{MENU}/run", {"productType": "SMP"})
    require(begun.status == 202, f"a sync is asked for: {begun.body}")
    story.awaited("manual sync", lambda: _succeeded(api))
    say("A manual sync told SMP the whole menu again; its status is success.")


def _heard(api: Api, event_type: str, subject: str) -> Mapping[str, Any] | None:
    found = api.pages(f"/ecosystem/events?target=SMP&types={event_type}")
    return next((event for event in found if event["subject"] == subject), None)


def _succeeded(api: Api) -> bool | None:
    products = api.get(f"{MENU}/status").body["items"]
    done = [p for p in products if (p["productType"], p["syncStatus"]) == ("SMP", "success")]
    return True if done else None
