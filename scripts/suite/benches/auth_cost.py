"""Calls to the store for an authenticated, authorized request, against one that asks each time."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from google.cloud import firestore

from scripts.suite.benches._accounts import HUB, wired
from scripts.suite.counting import Costs, costing, counted_client
from shared.auth.known_keys import issue_key
from shared.auth.models import Caller, Member
from shared.wiring import Wiring
from tests.builders import claims, unsigned_token

NEEDS_SUITE = True
PERMISSION = "events:event:read"
Recognise = Callable[[Wiring], Caller]
UNNAMED = "no tenant named"


def run() -> dict[str, Any]:
    found = measured(wired(), HUB)
    warm = max(cost["warm"] for cost in found["ours"].values())
    asked = found["peer"]
    return {
        "ours": warm,
        "peer": asked,
        "ratio": round(warm / asked, 3),
        "unit": "RPCs of a warm request",
        "detail": found,
    }


def measured(wiring: Wiring, hub: str) -> dict[str, Any]:
    """By credential: recognised and decided upon by an instance that knows nobody, and again.

    Where no tenant is named, the user's only one has to be found first.
    """
    tenant = f"bench-{uuid4().hex}"
    wiring.tenants.put_tenant(tenant, tenant, "Bench", ["SMP"])
    token, access, nowhere, key = _credentials(wiring, tenant)
    recognise: Mapping[str, Recognise] = {
        "ID token": lambda instance: instance.auth.caller_with_token(token),
        "access token": lambda instance: instance.auth.caller_with_token(access),
        "API key": lambda instance: instance.auth.caller_with_key(key),
    }
    unnamed: Mapping[str, Recognise] = {
        f"ID token, {UNNAMED}": recognise["ID token"],
        f"access token, {UNNAMED}": lambda instance: instance.auth.caller_with_token(nowhere),
    }
    ours = {name: _costs(wiring, hub, each, tenant) for name, each in recognise.items()}
    ours |= {name: _costs(wiring, hub, each, None) for name, each in unnamed.items()}
    return {"ours": ours, "peer": _asking_each_time(wiring, hub, tenant, token)}


def _credentials(wiring: Wiring, tenant: str) -> tuple[str, str, str, str]:
    """An access token that was made before its user was in any tenant names none."""
    token = unsigned_token(claims(wiring.clock()))
    caller = wiring.auth.caller_with_token(token)
    nowhere = wiring.sessions.begin(caller, "demo-app", None, "bench").access_token
    wiring.tenants.put_member(Member(tenant, str(caller.user_id), ("viewer",)))
    access = wiring.sessions.begin(caller, "demo-app", tenant, "bench").access_token
    expires = wiring.clock() + timedelta(days=1)
    key = issue_key(wiring.api_keys, wiring.settings, "bench", "SMP", tenant, expires).text
    return token, access, nowhere, _used(wiring, key)


def _used(wiring: Wiring, key: str) -> str:
    """That it was used is noted once a minute, beside the request; here, it was just now."""
    document = wiring.hub.document(f"api_keys/{key.split('_')[3]}")
    document.update({"lastUsedAt": wiring.clock()})
    return key


def _costs(wiring: Wiring, hub: str, recognise: Recognise, named: str | None) -> dict[str, int]:
    costs = Costs()
    instance = Wiring(wiring.settings, wiring.clock)
    instance.__dict__["hub"] = counted_client(hub, costs)
    with costing(costs) as cold:
        caller = recognise(instance)
    with costing(costs) as decision:
        _decide(instance, caller, named)
    with costing(costs) as warm:
        _decide(instance, recognise(instance), named)
    return {"cold": cold.calls, "decision": decision.calls, "warm": warm.calls}


def _decide(instance: Wiring, caller: Caller, named: str | None) -> None:
    instance.auth.require(caller, PERMISSION, instance.auth.tenant_of(caller, named))


def _asking_each_time(wiring: Wiring, hub: str, tenant: str, token: str) -> int:
    """User and member are looked up for each request, as most tutorials do."""
    costs = Costs()
    client: firestore.Client = counted_client(hub, costs)
    user_id = wiring.auth.caller_with_token(token).user_id
    with costing(costs) as spent:
        if client.document(f"users/{user_id}").get().exists:
            client.document(f"tenants/{tenant}/members/{user_id}").get()
    return spent.calls
