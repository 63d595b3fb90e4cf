"""A tenant's encryption key through the gateway: rotated by an owner, swept by the schedule."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from scripts.suite.environment import HUB
from scripts.suite.tick import tick
from shared.crypto.rules import SETTLING
from shared.platform.firestore import connect
from tests.builders import unique
from tests.e2e.conftest import Client, eventually

KEY = "/auth/tenants/refugio/encryption-key"


def settled(owner: Client) -> dict[str, Any] | None:
    found: dict[str, Any] = owner.get(KEY).json()
    return found if found["settledVersion"] == found["version"] else None


def test_what_an_older_version_seals_is_sealed_anew_by_night(
    user_client: Callable[..., Client], key_client: Callable[[str], Client]
) -> None:
    owner, app = user_client("refugio", "owner"), key_client("refugio-app")
    path = f"/ecosystem/streams/{unique('visit')}"
    told = {"eventType": "came", "data": {"who": "ana"}, "personal": ["who"], "schemaVersion": 1}
    body = {"expectedVersion": 0, "events": [told]}
    assert app.post(f"{path}/events", body, unique("key")).status_code == 201
    rotated = owner.post(f"{KEY}/rotate", {}).json()
    assert rotated["settledVersion"] < rotated["version"]
    _make_older(SETTLING)
    assert tick(["sweep_keys"]) == 0
    assert eventually(partial(settled, owner))["version"] == rotated["version"]
    assert app.get(f"{path}/state").json()["state"] == {"who": "ana"}


def _make_older(by: timedelta) -> None:
    """Nobody waits ten minutes for a test."""
    ring = connect(HUB).document("tenant_keys/refugio")
    stored = ring.get().to_dict() or {}
    *others, newest = stored["versions"]
    older = newest | {"madeAt": newest["madeAt"] - by}
    ring.update({"versions": [*others, older], "nextTurnAt": stored["nextTurnAt"] - by})
