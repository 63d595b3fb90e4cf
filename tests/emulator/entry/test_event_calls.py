"""The event calls as a client makes them: whatever is sent, never a 500."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders import unique
from tests.emulator.entry.clients import EVENTS, AsUser, Client, WithKey
from tests.emulator.entry.leases import wanted
from tests.unit.entry.calls import code


def nested(name: str, depth: int) -> Any:
    return {name: nested(name, depth - 1)} if depth else 1


def listed(depth: int) -> Any:
    return {"a": [listed(depth - 1)]} if depth else 1


STORABLE: dict[str, dict[str, Any]] = {
    "nothing": {},
    "every kind": {"s": "é😀\0", "n": -(2**53) + 1, "f": 1e-300, "t": True, "z": None, "l": [{}]},
    "odd names": dict.fromkeys(("a.b", "a/b", "`", "\\", "*", "[", " ", "\x00", "_", "é"), 1),
    "long names": {"é" * 200: 1},
    "deep maps": nested("a", 16),
    "deep lists": listed(8),
    "many members": {f"member_{n}": n for n in range(5000)},
    "long text": {"text": "x" * 200_000},
}


@pytest.mark.parametrize("payload", STORABLE.values(), ids=STORABLE.keys())
def test_a_payload_comes_back_as_it_was_sent(
    client: Client, tenant: str, payload: dict[str, Any]
) -> None:
    emitted = client.post(EVENTS, wanted(tenant, payload=payload))
    assert emitted.status_code == 202
    (item,) = client.get(EVENTS).get_json()["items"]
    assert item["payload"] == payload
    assert item["eventId"] == emitted.get_json()["eventId"]
    assert item["recordedAt"] == emitted.get_json()["recordedAt"]


UNSTORABLE: dict[str, Any] = {
    "a list in a list": {"a": [[1]]},
    "a list in a list, deep": {"a": [{"b": [[]]}]},
    "2^53": {"n": 2**53},
    "2^64": {"n": 2**64},
    "-2^63": {"n": -(2**63)},
    "no name": {"": 1},
    "a reserved name": {"a": {"__x__": 1}},
    "a name too long": {"a" * 201: 1},
    "maps too deep": nested("a", 17),
    "lists too deep": listed(9),
    "a path too long": nested("a" * 200, 8),
    "a path too long in bytes": nested("😀" * 200, 2),
    "a list": [1],
    "a text": "x",
    "null": None,
}


@pytest.mark.parametrize("payload", UNSTORABLE.values(), ids=UNSTORABLE.keys())
def test_a_payload_that_the_store_cannot_hold_is_refused(
    client: Client, tenant: str, payload: Any
) -> None:
    answer = client.post(EVENTS, wanted(tenant, payload=payload))
    assert code(answer) == (422, "validation-error")
    assert {e["pointer"] for e in answer.get_json()["errors"]} == {"/payload"}
    assert client.get(EVENTS).get_json() == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e999", '"\\ud800"', "[" * 5000, "9" * 5000]
)
def test_a_payload_that_is_no_json_is_refused(client: Client, tenant: str, literal: str) -> None:
    body = json.dumps(wanted(tenant, payload="HERE")).replace('"HERE"', f'{{"a": {literal}}}')
    assert code(client.post(EVENTS, body.encode())) == (400, "invalid-request")


WRONG: list[tuple[str, Any]] = [
    ("eventType", ""),
    ("eventType", "of two words"),
    ("eventType", "a\n"),
    ("eventType", "a" * 101),
    ("source", "a/b"),
    ("source", "__x__"),
    ("source", "é"),
    ("target", "*"),
    ("target", ""),
    ("target", []),
    ("target", ["SMP"] * 21),
    ("target", ["*"]),
    ("target", {"a": 1}),
    ("tenantId", "a/b"),
    ("tenantId", "."),
    ("tenantId", None),
    ("subject", ""),
    ("subject", "s" * 129),
    ("schemaVersion", 0),
    ("schemaVersion", "1"),
    ("schemaVersion", True),
    ("eventId", "mine"),
    ("recordedAt", "2020-01-01T00:00:00Z"),
    ("processed", True),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_member_is_refused_by_name(
    client: Client, tenant: str, name: str, value: Any
) -> None:
    answer = client.post(EVENTS, wanted(tenant) | {name: value})
    assert code(answer) == (422, "validation-error")
    pointers = [error["pointer"] for error in answer.get_json()["errors"]]
    assert all(pointer.split("/")[1] == name for pointer in pointers)


def test_one_key_records_one_event_however_often_and_at_once(client: Client, tenant: str) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(
            threads.map(
                lambda _: client.post(EVENTS, wanted(tenant), Idempotency_Key="k"), range(20)
            )
        )
    assert {a.status_code for a in answers} == {202}
    assert len({a.get_data() for a in answers}) == 1
    assert [a.headers.get("Idempotent-Replayed") for a in answers].count("true") == 19
    other = client.post(EVENTS, wanted(tenant, payload={"n": 2}), Idempotency_Key="k")
    assert code(other) == (422, "idempotency-key-reused")


def test_a_key_is_scoped_to_its_tenant(with_key: WithKey) -> None:
    ids = set()
    for _ in range(2):
        tenant = unique("tenant")
        answer = with_key("ecosystem", tenant).post(EVENTS, wanted(tenant), Idempotency_Key="k")
        ids.add(answer.get_json()["eventId"])
    assert len(ids) == 2


def test_without_a_key_nothing_is_recorded(client: Client, tenant: str) -> None:
    answer = client.post(EVENTS, wanted(tenant), Idempotency_Key="")
    assert code(answer) == (400, "invalid-request")


def test_another_tenants_events_are_not_there(with_key: WithKey, as_user: AsUser) -> None:
    mine, theirs = unique("tenant"), unique("tenant")
    made = with_key("ecosystem", theirs).post(EVENTS, wanted(theirs)).get_json()
    for caller in (with_key("ecosystem", mine), as_user("ecosystem", **{mine: "owner"})):
        assert code(caller.post(EVENTS, wanted(theirs))) == (404, "not-found")
        assert code(caller.get(EVENTS, **{"X-Tenant-Id": theirs})) == (404, "not-found")
        assert caller.get(EVENTS).get_json()["items"] == []
        foreign, missing = (
            caller.post(f"{EVENTS}/{event_id}/ack", {"consumer": "SMP"})
            for event_id in (made["eventId"], unique("event"))
        )
        assert code(foreign) == code(missing) == (404, "not-found")
        assert foreign.get_json()["detail"] == missing.get_json()["detail"]


def test_a_viewer_reads_and_no_more(as_user: AsUser, client: Client, tenant: str) -> None:
    made = client.post(EVENTS, wanted(tenant)).get_json()
    viewer = as_user("ecosystem", **{tenant: "viewer"})
    assert len(viewer.get(EVENTS).get_json()["items"]) == 1
    assert code(viewer.post(EVENTS, wanted(tenant))) == (403, "forbidden")
    ack = viewer.post(f"{EVENTS}/{made['eventId']}/ack", {"consumer": "SMP"})
    assert code(ack) == (403, "forbidden")


def test_the_platform_sees_the_events_of_all_or_of_one(
    with_key: WithKey, client: Client, tenant: str
) -> None:
    made = client.post(EVENTS, wanted(tenant)).get_json()
    platform = with_key("ecosystem", None)
    of_one = platform.get(EVENTS, **{"X-Tenant-Id": tenant}).get_json()
    assert [item["eventId"] for item in of_one["items"]] == [made["eventId"]]
    assert platform.get(f"{EVENTS}?limit=1").get_json()["nextCursor"]
    acknowledged = platform.post(f"{EVENTS}/{made['eventId']}/ack", {"consumer": "SMP"})
    assert acknowledged.get_json()["processed"] is True
