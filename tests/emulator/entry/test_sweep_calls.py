"""The calls about runs of the sweep, as far as they start none."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey

ROUTES = "/api/v1/sync/routes"


@pytest.fixture
def disabled(wiring: Wiring) -> Iterator[str]:
    """A route that mirrors nothing."""
    route = wiring.hub.collection("sync_routes").document(unique("route"))
    end = {"project": "demo-app", "collection": "nothing"}
    other = end | {"project": "demo-bo"}
    both: dict[str, Any] = {"direction": "both", "tenantField": "tenantId", "enabled": False}
    route.set({"source": end, "target": other} | both)
    yield route.id
    route.delete()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize("kind", ["verify", "backfill"])
def test_what_is_no_route_or_not_enabled_is_refused(
    operator: Client, disabled: str, kind: str
) -> None:
    assert code(operator.post(f"{ROUTES}/{unique('none')}/{kind}")) == (404, "not-found")
    assert code(operator.post(f"{ROUTES}/{disabled}/{kind}")) == (409, "conflict")
    assert code(operator.get(f"{ROUTES}/{disabled}/runs/{unique('none')}")) == (404, "not-found")


def test_a_run_takes_no_members(operator: Client, disabled: str) -> None:
    answer = operator.post(f"{ROUTES}/{disabled}/verify", {"dryRun": True})
    assert code(answer) == (422, "validation-error")


def test_only_the_platform_starts_a_run_or_sees_one(
    with_key: WithKey, as_user: AsUser, tenant: str
) -> None:
    for client in (with_key("sync", tenant), as_user("sync", **{tenant: "owner"})):
        assert code(client.post(f"{ROUTES}/cases/verify")) == (403, "forbidden")
        assert code(client.post(f"{ROUTES}/cases/backfill")) == (403, "forbidden")
        assert code(client.get(f"{ROUTES}/cases/runs/run")) == (403, "forbidden")
