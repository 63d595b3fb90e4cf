"""The OpenAPI document says what the route tables and the contract say."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.gateway.area import area
from functions.gateway.http import AREAS, described
from functions.gateway.reading import CONTENT_SECURITY_POLICY, page
from shared.entry.http import Area
from shared.entry.openapi import path_of
from shared.entry.routing import Route
from tests.unit.entry.calls import KEY
from tests.unit.kernel.test_errors import CONTRACT

CALLS = """
auth: POST /sessions, POST /sessions/refresh, GET /sessions, DELETE /sessions/{session_id}
auth: DELETE /sessions, POST /token, POST /introspect, GET /jwks, GET /me, PATCH /me
auth: POST /authorize, GET /tenants/{tenant_id}/members, PUT /tenants/{tenant_id}/members/{user_id}
auth: DELETE /tenants/{tenant_id}/members/{user_id}, PUT /tenants/{tenant_id}/roles/{role_id}
auth: GET /tenants/{tenant_id}/roles, DELETE /tenants/{tenant_id}/roles/{role_id}
auth: POST /api-keys, GET /api-keys, POST /api-keys/{key_id}/rotate, DELETE /api-keys/{key_id}
auth: GET /audit, POST /audit/verify
tokens: GET /balance, POST /check, POST /deduct*, POST /holds*, POST /holds/{hold_id}/settle
tokens: DELETE /holds/{hold_id}, POST /transactions/{row_id}/refund*, GET /transactions, GET /usage
billing: POST /accounts, PUT /accounts/{account_id}/plan, PUT /accounts/{account_id}/limits
billing: GET /tiers, GET /packages, POST /purchases*, GET /purchases/{purchase_id}
billing: POST /webhooks/stripe
ecosystem: POST /events*, GET /events, POST /events/{event_id}/ack, POST /events/{event_id}/nack
ecosystem: GET /dead-letters, POST /dead-letters/redrive, POST /replays
ecosystem: POST /streams/{stream_id}/events*, GET /streams/{stream_id}/events
ecosystem: GET /streams/{stream_id}/state, POST /webhooks, GET /webhooks
ecosystem: GET /webhooks/{webhook_id}, PATCH /webhooks/{webhook_id}, DELETE /webhooks/{webhook_id}
ecosystem: POST /webhooks/{webhook_id}/rotate-secret, POST /webhooks/{webhook_id}/recover
ecosystem: POST /webhooks/{webhook_id}/test, GET /webhooks/{webhook_id}/attempts
sync: GET /tenants/{slug}, GET /tenants/{tenant_id}/services, GET /tenants/{tenant_id}/status
sync: PUT /tenants/{tenant_id}/status/{product_type}, POST /tenants/{tenant_id}/run
sync: GET /tenants/{tenant_id}/products, POST /tenants/{tenant_id}/products
sync: PATCH /tenants/{tenant_id}/products/{entry_id}, GET /tenants/{tenant_id}/categories
sync: GET /routes, POST /routes, PUT /routes/{route_id}, DELETE /routes/{route_id}
sync: POST /routes/{route_id}/backfill, POST /routes/{route_id}/verify, GET /status
sync: GET /conflicts, POST /conflicts/{conflict_id}/revert
"""
LINE = re.compile(r"^(?P<area>\w+): (?P<calls>.+)$", re.M)
OPEN = {"postAuthSessionsRefresh", "getAuthJwks", "getAuthWellKnownJwksJson", "getGatewayDocs"}
DOCUMENT = described()


def contract() -> Iterator[tuple[str, str, bool]]:
    for line in LINE.finditer(CALLS):
        for call in line["calls"].split(", "):
            method, path = call.removesuffix("*").split(" ")
            yield method.lower(), f"/api/v1/{line['area']}{path}", call.endswith("*")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def routes() -> Iterator[tuple[Area, Route]]:
    from importlib import import_module

    for found in [*(import_module(f"functions.{name}.http").area for name in AREAS), area]:
        for route in found.routes:
            yield found, route


def names(operation: dict[str, Any]) -> list[str]:
    """The names of an operation's parameters."""
    parameters = DOCUMENT["components"]["parameters"]
    listed = operation["parameters"]
    found = [parameters[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in listed]
    return [f"{p['name']}{'!' if p['required'] else ''}" for p in found]


@pytest.mark.parametrize(("method", "path", "keyed"), list(contract()))
def test_every_call_of_the_contract_is_described(method: str, path: str, keyed: bool) -> None:
    operation = DOCUMENT["paths"][path][method]
    assert ("Idempotency-Key!" in names(operation)) is keyed
    assert ("402" in operation["responses"]) is (path.endswith(("/deduct", "/holds")))


def test_every_route_is_one_operation_with_its_status() -> None:
    found = {(m, p): next(iter(o["responses"])) for m, p, o in operations()}
    expected = {
        (route.method.lower(), path_of(of, route)): str(
            route.status if route.gives or route.mimetype else 204
        )
        for of, route in routes()
    }
    assert found == expected


def test_no_two_operations_have_the_same_id() -> None:
    found = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(found)) == len(found)


def test_a_key_is_required_where_the_handler_asks_for_it() -> None:
    for _, route in routes():
        code = getattr(route.handler, "__func__", route.handler).__code__
        asks = "idempotency_key" in code.co_names
        assert asks is (route.keyed or "Idempotency-Key" in route.headers), route.path


def test_every_call_needs_credentials_but_those_that_cannot() -> None:
    unknown = {o["operationId"] for _, _, o in operations() if not o["security"]}
    assert unknown == OPEN | {"getGatewayOpenapiJson", "postBillingWebhooksStripe"}


def test_a_tenant_may_be_named_where_the_path_does_not() -> None:
    for _, path, operation in operations():
        if operation["security"]:
            named = "{tenant_id}" in path or "{slug}" in path
            assert ("X-Tenant-Id" in names(operation)) is not named, path


def test_every_list_comes_in_pages() -> None:
    """But for the sums of usage, which the contract gives with their total."""
    schemas = DOCUMENT["components"]["schemas"]
    for method, path, operation in operations():
        answer = (
            operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        )
        members = schemas.get(answer.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        if method == "get" and "items" in members.get("properties", {}) and "usage" not in path:
            assert {"limit", "cursor"} <= set(names(operation)), path
            assert "nextCursor" in members["required"], path


def test_every_refusal_is_a_problem_of_the_contract() -> None:
    responses = DOCUMENT["components"]["responses"]
    codes = {code for found in responses.values() for code in found["description"][8:].split(", ")}
    assert codes == CONTRACT.keys() | {"internal-error"}
    assert all("application/problem+json" in found["content"] for found in responses.values())
    for _, _, operation in operations():
        refusals = [status for status in operation["responses"] if status >= "400"]
        assert {"400", "429", "503"} <= set(refusals)
        assert ("401" in refusals) or not operation["security"]
        assert "500" not in refusals


def test_every_reference_leads_somewhere() -> None:
    for reference in set(re.findall(r'"#/([^"]+)"', json.dumps(DOCUMENT))):
        found: Any = DOCUMENT
        for part in reference.split("/"):
            found = found[part]


def test_answers_are_closed_and_their_members_named() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    balance = schemas["Balance"]
    assert balance["additionalProperties"] is False
    assert balance["properties"]["nextRefreshDate"] == {"type": "string", "format": "date-time"}
    assert "expires_in" in schemas["ExchangeAnswer"]["properties"]


def test_the_gateway_serves_it(deployed: Any) -> None:
    answer = deployed("gateway").get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.get_json() == json.loads(json.dumps(DOCUMENT))
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_the_page_needs_nothing_from_elsewhere(deployed: Any) -> None:
    answer = deployed("gateway").get("/api/v1/docs", headers=KEY)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    text = answer.get_data(as_text=True)
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in CONTENT_SECURITY_POLICY
    assert not re.search(r'<script|<link|src=|url\(|@import|href="[^/]|style="', text)


def test_the_page_shows_every_call_and_escapes_what_it_shows() -> None:
    told = {**DOCUMENT, "info": {"title": "<b>&"}}
    text = page(told)
    assert "<h1>&lt;b&gt;&amp;</h1>" in text
    assert all(f'id="{operation["operationId"]}"' in text for _, _, operation in operations())
