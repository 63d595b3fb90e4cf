"""API keys as a client asks for them and uses them."""

from typing import Any

from werkzeug.test import TestResponse

from tests.emulator.entry.clients import Client
from tests.emulator.entry.people import Tenant

KEYS = "/api/v1/auth/api-keys"
ME = "/api/v1/auth/authorize"
ASKED = {"permission": "events:event:read"}


def wanted(**changes: Any) -> dict[str, Any]:
    return {"name": "till", "product": "SMP", "scopes": ["events:event:read"], **changes}


def issued(client: Client, **changes: Any) -> dict[str, Any]:
    answer = client.send("POST", KEYS, wanted(**changes))
    assert answer.status_code == 201, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def using(client: Client, key: str) -> TestResponse:
    return client._replace(credential={"X-API-Key": key}).send("POST", ME, ASKED)


def rotated(client: Client, key_id: str, **body: Any) -> TestResponse:
    return client.send("POST", f"{KEYS}/{key_id}/rotate", body)


def actions(tenant: Tenant) -> list[str]:
    entries = tenant.who["owner"].get("/api/v1/auth/audit").get_json()["items"]
    return [entry["action"] for entry in entries]
