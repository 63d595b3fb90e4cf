"""Accounts as the platform moves them, and what their audit tells."""

from typing import Any

from tests.emulator.entry.clients import Client
from tests.emulator.entry.people import AUDIT

ACCOUNTS = "/api/v1/billing/accounts"
PLAN = {"tier": "pro"}


def told(reader: Client, query: str = "", **headers: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reader.get(AUDIT + query, **headers).get_json()["items"]
    return found
