"""Appends to streams, and the end of what is personal in them."""

from typing import Any

from werkzeug.test import TestResponse

from tests.emulator.entry.clients import Client

ECOSYSTEM = "/api/v1/ecosystem"


def wanted(expected: int, *data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    events = [{"eventType": "order_changed", "data": d, "schemaVersion": 1} for d in data]
    return {"expectedVersion": expected, "events": events} | changes


def erased(client: Client, subject: str) -> TestResponse:
    target = f"{ECOSYSTEM}/subjects/{subject}/personal-data"
    return client.function.delete(target, headers=client.credential)


def personal(expected: int, email: str = "ana@example.org") -> dict[str, Any]:
    body = wanted(expected, {"email": email, "n": expected})
    body["events"][0]["personal"] = ["email"]
    return body
