"""Every route of every area as a request about one tenant, made from the route tables."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.entry.routing import Route
from tests.builders import unique
from tests.emulator.entry.clients import Client
from tests.emulator.entry.menus import TACO

AREAS = {
    "auth": "functions.auth.http",
    "billing": "functions.billing.http",
    "ecosystem": "functions.events.http",
    "sync": "functions.sync.http",
    "tokens": "functions.tokens.http",
}
CANARY = "canary-in-every-name"
NOWHERE = "http://127.0.0.1:9701/"
MOMENTS = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
ROUTE = {
    "source": {"project": "demo-app", "collection": "things"},
    "target": {"project": "demo-bo", "collection": "things"},
    "direction": "both",
}
EVENT = {"eventType": "order_changed", "data": {"n": 1}, "schemaVersion": 1}
EMITTED = {"eventType": "case_changed", "source": "SMP", "payload": {"note": CANARY}}
# What a route takes must be here where it requires anything: a new one says so by failing.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "AckRequest": {"consumer": "SMP"},
    "AppendRequest": {"expectedVersion": 1, "events": [EVENT]},
    "AuthorizeRequest": {"permission": "auth:member:read"},
    "CheckRequest": {"amount": 1},
    "DeductRequest": {"amount": 1},
    "EmitRequest": EMITTED,
    "ExchangeRequest": {"grant_type": "x", "subject_token": "x", "subject_token_type": "x"},
    "HoldRequest": {"amount": 1, "ttlSeconds": 60},
    "IntrospectRequest": {"token": "x"},
    "ItemRequest": TACO,
    "KeyRequest": {"name": "k", "product": "SMP", "scopes": ["events:event:read"]},
    "LeaseRequest": {"consumer": "SMP"},
    "LimitsRequest": {"overage": "deny"},
    "MemberRequest": {"roles": ["viewer"]},
    "NackRequest": {"consumer": "SMP", "reason": "x"},
    "OpenRequest": {"accountId": "{account_id}", "tier": "free"},
    "PlanRequest": {"tier": "free"},
    "PurchaseRequest": {"packageId": "small"},
    "RecoverRequest": {"since": MOMENTS["from"]},
    "RedriveRequest": {"filter": {"consumer": "SMP"}},
    "RefundRequest": {"reason": "x"},
    "ReplayRequest": {"consumer": "SMP", **MOMENTS},
    "RouteRequest": ROUTE,
    "RunRequest": {"productType": "SMP"},
    "SectionRequest": {"name": "Tacos"},
    "SessionRequest": {"audience": "demo-app"},
    "SettleRequest": {"amount": 1},
    "StatusRequest": {"syncStatus": "syncing"},
    "TeamRequest": {"name": "Crew"},
    "UnparkRequest": {"reason": "x"},
    "WebhookRequest": {"url": NOWHERE, "eventTypes": ["case_changed"]},
}
# Whoever calls it is signed out, and no longer who they were.
SIGNS_OUT = ("auth", "DELETE", "/sessions")
Ids = Mapping[str, str]


class Entry(NamedTuple):
    """A row of the matrix: a route of an area."""

    area: str
    route: Route

    @property
    def name(self) -> str:
        return f"{self.area} {self.route.method} {self.route.path}"

    def ask(self, function: FlaskClient, credential: Mapping[str, str], ids: Ids) -> TestResponse:
        """The request, about these ids."""
        fields = self.route.takes.model_fields
        in_query = self.route.method in ("GET", "DELETE") and "account" in fields
        query = f"?account={ids['account_id']}" if in_query else ""
        headers = {"X-Tenant-Id": ids["tenant_id"], "Idempotency-Key": uuid4().hex, **credential}
        path = f"/api/v1/{self.area}{_filled(self.route.path, ids, '<', '>')}{query}"
        return function.open(path, method=self.route.method, headers=headers, **self._sent(ids))

    def _sent(self, ids: Ids) -> dict[str, Any]:
        if self.route.method not in ("POST", "PUT", "PATCH"):
            return {}
        return {"data" if self.route.form else "json": self._body(ids)}

    def _body(self, ids: Ids) -> dict[str, Any]:
        fields = self.route.takes.model_fields
        stated = dict(BODIES.get(self.route.takes.__name__, {}))
        if "account" in fields:
            stated["account"] = ids["account_id"]
        if "tenant_id" in fields:
            stated["tenantId"] = ids["tenant_id"]
        return {
            name: _filled(value, ids, "{", "}") if isinstance(value, str) else value
            for name, value in stated.items()
        }


def entries() -> Iterator[Entry]:
    """Every route that asks who is calling, but the one that signs out."""
    for area, module in AREAS.items():
        for route in importlib.import_module(module).area.routes:
            asks = not (route.open or route.signed)
            if asks and (area, route.method, route.path) != SIGNS_OUT:
                yield Entry(area, route)


def incomplete() -> list[str]:
    """Routes whose body nobody has given an example of."""
    return [
        entry.name
        for entry in entries()
        if any(field.is_required() for field in entry.route.takes.model_fields.values())
        and entry.route.takes.__name__ not in BODIES
    ]


def missing_ids() -> Ids:
    """Of things that are not there, in a tenant that is not there either."""
    tenant = unique("tenant")
    hexadecimal = uuid4().hex
    return {
        "account_id": f"org_{tenant}",
        "conflict_id": hexadecimal,
        "entry_id": hexadecimal,
        "event_id": hexadecimal,
        "hold_id": f"{hexadecimal}.org_{tenant}",
        "key_id": "a" * 16,
        "letter_id": hexadecimal,
        "name": hexadecimal,
        "product_type": "SMP",
        "purchase_id": hexadecimal,
        "role_id": unique("role"),
        "route_id": hexadecimal,
        "row_id": f"{hexadecimal}.org_{tenant}",
        "run_id": hexadecimal,
        "session_id": hexadecimal,
        "slug": f"slug-of-{tenant}",
        "stream_id": unique("order"),
        "subject": unique("subject"),
        "team_id": unique("team"),
        "tenant_id": tenant,
        "user_id": hexadecimal,
        "webhook_id": f"{hexadecimal}.{tenant}",
    }


def existing_ids(owner: Client, functions: Any, tenant: str, spare: str) -> Ids:
    """Of things that the tenant has, each with a name that only the tenant may know."""

    def made(area: str, path: str, body: Any, method: str = "POST") -> dict[str, Any]:
        client = owner._replace(function=functions(area))
        headers = {"X-Tenant-Id": tenant, "Idempotency-Key": uuid4().hex}
        answer = client.send(method, f"/api/v1/{area}{path}", body, **headers)
        assert answer.status_code in (200, 201, 202), (path, answer.get_json())
        found: dict[str, Any] = answer.get_json()
        return found

    account = {"account": f"org_{tenant}"}
    made("auth", f"/tenants/{tenant}/roles/{CANARY}", {"inherits": ["viewer"]}, "PUT")
    made("auth", f"/tenants/{tenant}/teams/{CANARY}", {"name": CANARY}, "PUT")
    key = {**BODIES["KeyRequest"], "name": CANARY}
    item = made("sync", f"/tenants/{tenant}/products", TACO | {"name": CANARY})
    stream = unique("order")
    made("ecosystem", f"/streams/{stream}/events", {"expectedVersion": 0, "events": [EVENT]})
    webhook = {**BODIES["WebhookRequest"], "description": CANARY}
    found = {
        "account_id": account["account"],
        "entry_id": item["productId"],
        "event_id": made("ecosystem", "/events", {**EMITTED, "tenantId": tenant})["eventId"],
        "hold_id": made("tokens", "/holds", {"amount": 1, "ttlSeconds": 600} | account)["holdId"],
        "key_id": made("auth", "/api-keys", key)["keyId"],
        "role_id": CANARY,
        "row_id": made("tokens", "/deduct", {"amount": 1} | account)["transactionId"],
        "session_id": made("auth", "/sessions", {"audience": "demo-app"})["sessionId"],
        "slug": f"slug-of-{tenant}",
        "stream_id": stream,
        "subject": stream,
        "team_id": CANARY,
        "tenant_id": tenant,
        "user_id": spare,
        "webhook_id": made("ecosystem", "/webhooks", webhook)["webhookId"],
    }
    return {**missing_ids(), **found}


def _filled(text: str, ids: Ids, opens: str, closes: str) -> str:
    for name, value in ids.items():
        text = text.replace(f"{opens}{name}{closes}", value)
    return text
