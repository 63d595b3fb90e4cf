"""Fills the suite with the local seed, and writes down what is in it."""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from functions.sync.schemas import ItemRequest, SectionRequest
from scripts.suite import emulators
from scripts.suite import environment as suite
from scripts.suite.console import Refusal, run_verb
from scripts.suite.identities import Person, sign_in, sign_up
from scripts.suite.paths import LOCAL
from shared.auth.known_keys import issue_key
from shared.auth.models import Member
from shared.catalogue.models import ITEMS, SECTIONS, Menu
from shared.kernel.settings import read_settings
from shared.wiring import Wiring

TENANTS = {
    "refugio": ("Refugio", ("PET_RESCUE", "BACKOFFICE")),
    "las-reinas": ("Las Reinas", ("ORDERING", "SMP")),
}
MENU: Mapping[str, Mapping[str, int]] = {
    "Tacos": {"Taco al pastor": 450, "Taco de suadero": 475, "Quesadilla": 850},
    "Bebidas": {"Agua de jamaica": 300, "Horchata": 325},
}
ROLES = ("owner", "editor", "viewer")
KEYS = {
    "admin": ("hyphae", None),
    "refugio-app": ("PET_RESCUE", "refugio"),
    "las-reinas-ordering": ("ORDERING", "las-reinas"),
    "las-reinas-smp": ("SMP", "las-reinas"),
}
PASSWORD = "local-password"  # noqa: S105  # of people who exist in emulators only
CASES_ROUTE = {
    "source": {"project": suite.MEMBERS["app"], "collection": "cases"},
    "target": {"project": suite.MEMBERS["bo"], "collection": "cases"},
    "direction": "both",
    "tenantField": "tenantId",
    "enabled": True,
}


def seed(environment: Mapping[str, str]) -> None:
    """Seed again and again with the same result; only the API keys are new each time."""
    os.environ.update(environment)
    wiring = Wiring(read_settings(environment))
    for tenant_id, (name, products) in TENANTS.items():
        wiring.tenants.put_tenant(tenant_id, tenant_id, name, products)
    for person in people():
        _admit(wiring, person)
    wiring.hub.collection("sync_routes").document("cases").set(CASES_ROUTE)
    write_menu(wiring, "las-reinas")
    _write_down(_keys(wiring))


def write_menu(wiring: Wiring, tenant_id: str) -> None:
    """What the restaurant serves, as its ORDERING brought it in; once, however often."""
    tenant = wiring.directory.tenant(tenant_id)
    sections, items = Menu(tenant, SECTIONS), Menu(tenant, ITEMS)
    for place, (section, dishes) in enumerate(MENU.items()):
        told = SectionRequest(name=section, position=place).model_dump(by_alias=True)
        kept = wiring.catalogue.add(sections, told, "ORDERING", f"seed:{section}").entry.entry_id
        for order, (dish, price) in enumerate(dishes.items()):
            item = ItemRequest(
                name=dish, price=price, currency="USD", category_id=kept, position=order
            )
            told = item.model_dump(by_alias=True)
            wiring.catalogue.add(items, told, "ORDERING", f"seed:{dish}")


def people() -> list[Person]:
    """An owner, an editor and a viewer a tenant in the app; the owner in the backoffice too."""
    app, backoffice = suite.MEMBERS["app"], suite.MEMBERS["bo"]
    places = [(role, app) for role in ROLES] + [("owner", backoffice)]
    return [
        Person(f"{role}@{tenant}.example", PASSWORD, project, tenant, role)
        for tenant in TENANTS
        for role, project in places
    ]


def _admit(wiring: Wiring, person: Person) -> None:
    sign_up(person, display_name=f"{person.role} of {person.tenant_id}")
    user_id = wiring.auth.caller_with_token(sign_in(person)).user_id or ""
    wiring.tenants.put_member(Member(person.tenant_id, user_id, (person.role,)))


def _keys(wiring: Wiring) -> dict[str, Any]:
    made = {}
    for name, (product, tenant) in KEYS.items():
        expires = wiring.clock() + timedelta(days=365)
        key = issue_key(wiring.api_keys, wiring.settings, name, product, tenant, expires)
        made[name] = {"key": key.text, "tenantId": tenant, "scopes": sorted(key.scopes)}
    return made


def _write_down(keys: dict[str, Any]) -> None:
    found = {
        "baseUrl": "http://127.0.0.1:5005/api/v1",
        "functionsUrl": f"http://127.0.0.1:5001/{suite.HUB}/{suite.REGION}",
        "firestoreHost": "127.0.0.1:8080",
        "authHost": "127.0.0.1:9099",
        "pubsubHost": "127.0.0.1:8085",
        "hubProject": suite.HUB,
        "region": suite.REGION,
        "projects": suite.MEMBERS,
        "tenants": [{"tenantId": tenant, "slug": tenant} for tenant in TENANTS],
        "users": [_user(person) for person in people()],
        "apiKeys": keys,
        "stripeWebhookSecret": suite.stripe_webhook_secret(),
    }
    suite.write_private(LOCAL / "ecosystem.json", json.dumps(found, indent=2) + "\n")


def _user(person: Person) -> dict[str, str]:
    return {
        "email": person.email,
        "password": person.password,
        "project": person.project,
        "tenantId": person.tenant_id,
        "role": person.role,
    }


def main(_: list[str]) -> int:
    if not emulators.answering():
        raise Refusal("No suite runs here; scripts/up starts and seeds one.")
    seed(suite.suite_environment())
    print(f"Seeded: {LOCAL / 'ecosystem.json'}")
    return 0


if __name__ == "__main__":
    run_verb(main)
