"""What a consumer is refused: whom it speaks for, what it asks, and whose events they are."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import EVENTS, AsUser, Client, WithKey
from tests.emulator.entry.leases import (
    CONSUMERS,
    DAY,
    LEASE,
    LETTERS,
    REDRIVE,
    REPLAYS,
    lease,
    nack,
    wanted,
)
from tests.unit.entry.calls import code


def test_nobody_speaks_for_the_backbone(smp: Client, with_key: WithKey, tenant: str) -> None:
    body = wanted(tenant, source="hyphae")
    assert code(smp.post(EVENTS, body)) == (422, "validation-error")
    assert with_key("ecosystem", None).post(EVENTS, body).status_code == 202


def test_a_stranger_is_no_consumer(smp: Client, emit: Callable[..., str]) -> None:
    event_id = emit()
    for consumer in ("STRANGER", "operators"):
        body = {"consumer": consumer}
        for path in (LEASE, f"{EVENTS}/{event_id}/ack", REPLAYS):
            more = DAY if path == REPLAYS else {}
            assert code(smp.post(path, body | more)) == (422, "validation-error")
        assert code(nack(smp, event_id, consumer=consumer)) == (422, "validation-error")


def test_whom_an_event_names_may_end_it(smp: Client, emit: Callable[..., str]) -> None:
    event_id = emit(target="PARTNER")
    answer = smp.post(f"{EVENTS}/{event_id}/ack", {"consumer": "PARTNER"})
    assert answer.get_json()["processed"] is True


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (LEASE, {}),
        (LEASE, {"consumer": "SMP", "max": 0}),
        (LEASE, {"consumer": "SMP", "max": 101}),
        (LEASE, {"consumer": "SMP", "max": True}),
        (LEASE, {"consumer": "SMP", "leaseSeconds": 0}),
        (LEASE, {"consumer": "SMP", "leaseSeconds": 43_201}),
        (LEASE, {"consumer": "SMP", "types": ["of two words"]}),
        (LEASE, {"consumer": "SMP", "types": "a"}),
        (LEASE, {"consumer": "SMP", "tenantId": "other"}),
        (REDRIVE, {}),
        (REDRIVE, {"filter": {"tenantId": "other"}}),
        (REDRIVE, {"filter": {}, "ratePerSecond": 0}),
        (REDRIVE, {"filter": {}, "ratePerSecond": "5"}),
        (REDRIVE, {"filter": {}, "dryRun": 1}),
        (REDRIVE, {"filter": {"from": 5}}),
        (REPLAYS, {"consumer": "SMP"}),
        (REPLAYS, {"consumer": "SMP", "from": DAY["to"], "to": DAY["from"]}),
        (REPLAYS, {"consumer": "SMP", "from": "yesterday", "to": DAY["to"]}),
    ],
)
def test_what_is_wrong_is_refused(smp: Client, path: str, body: dict[str, Any]) -> None:
    assert code(smp.post(path, body)) == (422, "validation-error")


@pytest.mark.parametrize("query", ["wait=26", "wait=-1", "wait=x"])
def test_a_wait_is_bounded(smp: Client, query: str) -> None:
    assert code(smp.get(f"{EVENTS}?{query}")) == (422, "validation-error")


def test_roles_decide(smp: Client, as_user: AsUser, tenant: str) -> None:
    viewer, editor = (as_user("ecosystem", **{tenant: role}) for role in ("viewer", "editor"))
    for path in (LETTERS, CONSUMERS):
        assert viewer.get(path).status_code == 200
    assert code(viewer.post(LEASE, {"consumer": "SMP"})) == (403, "forbidden")
    assert editor.post(LEASE, {"consumer": "SMP"}).status_code == 200
    assert code(editor.post(REDRIVE, {"filter": {}})) == (403, "forbidden")
    assert code(editor.post(REPLAYS, {"consumer": "SMP"} | DAY)) == (403, "forbidden")


def test_nothing_of_another_tenant_is_seen_or_changed(
    wiring: Wiring, smp: Client, emit: Callable[..., str], with_key: WithKey, as_user: AsUser
) -> None:
    """Every call, with every id and cursor of theirs: they find everything as they left it."""
    event_id, dead = emit(), emit()
    nack(smp, dead, outcome="permanent")
    (held,) = lease(smp, max=1)
    cursor = smp.get(f"{EVENTS}?limit=1").get_json()["nextCursor"]
    mine = unique("tenant")
    wiring.tenants.put_tenant(mine, mine, mine, ["SMP"])
    before = _deliveries(wiring, event_id, dead)
    for caller in (with_key("ecosystem", mine), as_user("ecosystem", **{mine: "owner"})):
        lease_id = {"consumer": "SMP", "leaseId": held["leaseId"]}
        for path, body in (
            (f"{EVENTS}/{event_id}/ack", lease_id),
            (f"{EVENTS}/{event_id}/nack", lease_id | {"reason": "x"}),
            (f"{EVENTS}/{dead}/ack", {"consumer": "SMP"}),
        ):
            assert code(caller.post(path, body)) == (404, "not-found")
        assert code(caller.get(f"{EVENTS}/{event_id}")) == (404, "not-found")
        assert lease(caller) == []
        assert caller.get(LETTERS).get_json()["items"] == []
        assert caller.post(REDRIVE, {"filter": {}}).get_json()["count"] == 0
        assert caller.post(REPLAYS, {"consumer": "SMP"} | DAY).get_json()["count"] == 0
        assert caller.get(CONSUMERS).get_json()["items"][0]["unprocessed"] == 0
        for place in (f"cursor={cursor}", f"after={cursor}", f"after={event_id}"):
            assert code(caller.get(f"{EVENTS}?{place}")) == (400, "invalid-request")
        foreign = {"X_Tenant_Id": wiring.event_bus.get(event_id).tenant_id or ""}
        assert code(caller.post(LEASE, {"consumer": "SMP"}, **foreign)) == (404, "not-found")
    assert _deliveries(wiring, event_id, dead) == before


def _deliveries(wiring: Wiring, *event_ids: str) -> dict[str, Any]:
    found = wiring.deliveries.known(f"{event_id}__SMP" for event_id in event_ids)
    return {name: held.delivery for name, held in found.items()}
