"""The projects, people and documents that the rules are tried on.

The projects are of this run alone: each test fills them anew, and another run on the same emulator
would find its documents gone.
"""

from collections.abc import Mapping
from typing import Any

from tests.builders import unique

HUB = unique("demo-rules-hub")
APP = unique("demo-rules-app")
BACKOFFICE = unique("demo-rules-bo")
UNREGISTERED = unique("demo-rules-stranger")

ANA = "ana"  # a viewer of refugio
DORA = "dora"  # its owner
EDU = "edu"  # an editor of it
TINA = "tina"  # in it by a team that makes its people viewers
EVA = "eva"  # in it with a custom role only
BEN = "ben"  # the owner of las-reinas

Documents = Mapping[str, Mapping[str, Any]]


def member(tenant_id: str, user_id: str, *roles: str) -> dict[str, Any]:
    return {"tenantId": tenant_id, "userId": user_id, "roles": list(roles), "version": 1}


def tenant(tenant_id: str, **fields: Any) -> dict[str, Any]:
    teams = {"kitchen": {"roles": ["viewer"]}, "night": {"roles": ["volunteer"]}}
    return {"slug": tenant_id, "status": "active", "products": ["app"], "teams": teams} | fields


def user(user_id: str) -> dict[str, Any]:
    return {
        "profile": {"email": f"{user_id}@example.org", "displayName": user_id},
        "identities": [],
        "status": "active",
    }


def balance(account_id: str) -> dict[str, Any]:
    return {"accountId": account_id, "tier": "free", "includedTokens": 100}


def row(account_id: str, user_id: str) -> dict[str, Any]:
    return {"accountId": account_id, "userId": user_id, "type": "deduct", "amount": 1, "seq": 1}


def purchase(account_id: str, user_id: str) -> dict[str, Any]:
    return {"accountId": account_id, "userId": user_id, "isProcessed": False}


def event(tenant_id: str) -> dict[str, Any]:
    return {"tenantId": tenant_id, "eventType": "token_low", "targets": ["app"], "recordedAt": 1}


def case(tenant_id: str, **fields: Any) -> dict[str, Any]:
    """A case that the backbone has synced."""
    stamps = {"v": 1, "f": {"name": "0001"}}
    return {"tenantId": tenant_id, "name": "Luna", "_sync": stamps} | fields


HUB_DOCUMENTS: Documents = {
    "users/ana": user(ANA),
    "users/ben": user(BEN),
    "users/dora": user(DORA),
    "users/edu": user(EDU),
    "users/eva": user(EVA),
    "users/tina": user(TINA),
    "token_balances/ana": balance(ANA),
    "token_balances/ben": balance(BEN),
    "token_balances/org_refugio": balance("org_refugio"),
    "token_balances/org_las-reinas": balance("org_las-reinas"),
    "token_transactions/of-ana": row(ANA, ANA),
    "token_transactions/of-ben": row(BEN, BEN),
    "token_transactions/of-refugio": row("org_refugio", DORA),
    "token_transactions/of-las-reinas": row("org_las-reinas", BEN),
    "token_usage/of-ana": {"accountId": ANA, "day": "2026-01-01"},
    "token_usage/of-ben": {"accountId": BEN, "day": "2026-01-01"},
    "token_usage/of-refugio": {"accountId": "org_refugio", "day": "2026-01-01"},
    "token_purchases/of-ana": purchase(ANA, ANA),
    "token_purchases/of-ben": purchase(BEN, BEN),
    "token_purchases/of-refugio": purchase("org_refugio", DORA),
    "tenants/refugio": tenant("refugio"),
    "tenants/refugio/members/ana": member("refugio", ANA, "viewer"),
    "tenants/refugio/members/dora": member("refugio", DORA, "owner"),
    "tenants/refugio/members/edu": member("refugio", EDU, "editor"),
    "tenants/refugio/members/tina": member("refugio", TINA) | {"teams": ["kitchen"]},
    "tenants/refugio/members/eva": member("refugio", EVA, "volunteer"),
    "tenants/refugio/menu_items/bone": {"tenantId": "refugio", "name": "Bone", "price": 100},
    "tenants/refugio/menu_sections/treats": {"tenantId": "refugio", "name": "Treats"},
    "tenants/refugio/tenant_sync/app": {"tenantId": "refugio", "syncConfig": {}},
    "tenants/las-reinas": tenant("las-reinas"),
    "tenants/las-reinas/members/ben": member("las-reinas", BEN, "owner"),
    "ecosystem_events/of-refugio": event("refugio"),
    "ecosystem_events/of-las-reinas": event("las-reinas"),
}

BACKBONE_ONLY: Documents = {
    "_tombstones/gone": {"path": "cases/gone", "tn": "refugio"},
    "api_keys/key": {"tenantId": "refugio", "digest": "d"},
    "audit/refugio": {"tenantId": "refugio"},
    "audit/refugio/entries/0-000000000001": {"action": "member.put"},
    "audit/refugio/heads/0": {"count": 1},
    "audit_anchors/book-0": {"count": 1, "sum0": 1},
    "conflicts/lost": {"tenantId": "refugio", "field": "name"},
    "data_keys/key": {"tenantId": "refugio", "subject": DORA, "sealed": "enc1.k-1.n.c"},
    "deliveries/of-refugio__app": {"tenantId": "refugio", "status": "done"},
    "email_claims/hash": {"userId": DORA},
    "event_consumers/refugio": {"tenantId": "refugio", "consumer": "app"},
    "exchanges/use": {"userId": DORA},
    "identities/hash": {"userId": DORA, "issuer": "i", "subject": "s"},
    "notifications/notice": {"userId": DORA, "status": "sent"},
    "nobody_thought_of/this": {"userId": DORA, "tenantId": "refugio"},
    "platform/audit": {"tenantId": "refugio"},
    "platform/audit/entries/0-000000000001": {"action": "api-key.create"},
    "users/dora/entries/0-000000000001": {"action": "session.begin"},
    "organizations/refugio": {"usageQuota": {"aiTokens": {"limit": 1}}},
    "outbox/mail": {"tenantId": "refugio"},
    "sessions/session": {"userId": DORA, "tenantId": "refugio", "status": "active"},
    "stream_appends/append": {"tenantId": "refugio", "version": 1},
    "streams/refugio__order-1": {"tenantId": "refugio"},
    "streams/refugio__order-1/e/0000000001": {"tenantId": "refugio", "version": 1},
    "streams/refugio__order-1/snapshots/0000000100": {"version": 100},
    "sync_checks/route": {"routeId": "route"},
    "sync_dead_letters/letter": {"tenantId": "refugio"},
    "sync_routes/route": {"tenantField": "tenantId"},
    "sync_pending/event": {"tenantId": "refugio"},
    "sync_rollups/2026-01-01T00__0": {"counts": {}},
    "sync_runs/run": {"routeId": "route"},
    "sync_state/routes": {"edition": "1"},
    "tenant_keys/refugio": {"tenantId": "refugio", "versions": []},
    "tenants/refugio/secrets/key": {"tenantId": "refugio"},
    "token_refunds/refund": {"accountId": "dora"},
    "users/dora/secrets/key": {"userId": DORA},
    "webhook_attempts/attempt": {"tenantId": "refugio"},
    "webhook_deliveries/delivery": {"tenantId": "refugio", "status": "held"},
    "webhook_endpoints/refugio": {"tenantId": "refugio", "endpoints": {"e": {"secrets": ["s"]}}},
    "webhook_events/evt": {"type": "charge.refunded", "done": True},
    "webhook_parked/pi": {"cause": "unknown_account"},
}

APP_DOCUMENTS: Documents = {
    "cases/luna": case("refugio"),
    "cases/new": {"tenantId": "refugio", "name": "Nero"},
    "cases/of-las-reinas": case("las-reinas"),
    "cases/of-nobody": {"name": "Milo"},
    "cases/luna/notes/note": {"tenantId": "refugio", "text": "shy"},
}
