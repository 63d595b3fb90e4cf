"""Builders of test data: state only what matters, the rest is plausible."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.auth.models import ApiKey
from shared.events.models import EVERYBODY, Event
from shared.streams.models import StoredEvent
from shared.tokens import lots
from shared.tokens.commands import Deduct
from shared.tokens.models import INCLUDED, PURCHASED, Account, Policy, Tier
from shared.tokens.periods import open_account
from shared.tokens.rules import apply

POLICY = Policy(tiers={"free": Tier(100), "pro": Tier(10_000)})
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PROJECTS = frozenset({"demo-app", "demo-bo"})
LIVE = {"HYPHAE_HUB": "real-hub", "HYPHAE_KEY_PEPPER": "pepper"}


def unique(prefix: str) -> str:
    """A name that no other test, and no earlier run, has used."""
    return f"{prefix}-{uuid4().hex[:12]}"


def account(**changes: Any) -> Account:
    """A free account that opened at New Year 2026.

    `purchased` and `base_left` say what is in its lots, `start` and `time_zone` when it opened.
    """
    start, zone = changes.pop("start", NEW_YEAR), changes.pop("time_zone", "UTC")
    name, tier = changes.pop("account_id", "a"), changes.pop("tier", "free")
    policy = changes.pop("policy", POLICY)
    fresh = open_account(name, tier, policy, start, start, zone)
    left = changes.pop("base_left", fresh.included)
    held = replace(fresh, total_used=fresh.included - left)
    held = _holding(held, INCLUDED, left)
    return replace(_holding(held, PURCHASED, changes.pop("purchased", 0)), **changes)


def _holding(held: Account, kind: str, left: int) -> Account:
    others = tuple(lot for lot in held.lots if lot.kind != kind)
    return replace(held, lots=lots.put(others, lots.new_lot(kind, kind, left)))


def deduction(amount: int, operation: str = "op", **changes: Any) -> Deduct:
    return Deduct(operation, amount, **changes)


def spent(held: Account, amount: int, now: datetime = NEW_YEAR) -> Account:
    """The account after a deduction that no other has the name of."""
    return apply(held, Deduct(unique("op"), amount), POLICY, now).account


def claims(now: datetime, **changes: Any) -> dict[str, Any]:
    """What a Firebase ID token of somebody in `demo-app` says who signed in just now."""
    moment = int(now.timestamp())
    project = changes.pop("project", "demo-app")
    stated = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": unique("uid"),
        "iat": moment,
        "auth_time": moment,
        "exp": moment + 3600,
        "firebase": {"sign_in_provider": "password"},
    }
    return stated | changes


def without(members: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in members.items() if key != name}


def segment(content: Any) -> str:
    """One part of a token: bytes as they are, anything else as JSON, in base64url."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned_token(stated: Any, header: Any = None) -> str:
    """An ID token as the Auth emulator makes them."""
    return f"{segment(header or {'alg': 'none', 'typ': 'JWT'})}.{segment(stated)}."


def event(**changes: Any) -> Event:
    """An event of a tenant of its own, for every product."""
    event_id = unique("event")
    base = Event(event_id, "case_changed", "SMP", (EVERYBODY,), {"n": 1}, "t", NEW_YEAR)
    return replace(base, **changes)


def api_key(**changes: Any) -> ApiKey:
    """A stored key of tenant `t` that may emit events until New Year 2030."""
    ends = NEW_YEAR.replace(year=2030)
    scopes = frozenset({"events:event:emit"})
    base = ApiKey("a" * 16, bytes(32), "a key", "SMP", "t", scopes, ends)
    return replace(base, **changes)


def stored_event(**changes: Any) -> StoredEvent:
    """The first event of stream `order-1`, which is about itself."""
    base = StoredEvent("order-1", 1, "order_changed", 1, {"n": 1}, (), "order-1", NEW_YEAR)
    return base._replace(**changes)
