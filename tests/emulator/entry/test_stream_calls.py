"""The event store as a client calls it: what is appended once stays, and is each tenant's own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.streams import ECOSYSTEM, erased, wanted
from tests.unit.entry.calls import code


def test_what_is_appended_is_read_as_it_was_and_adds_up(client: Client, stream: str) -> None:
    first = client.post(f"{stream}/events", wanted(0, {"status": "open", "n": 1}, {"n": 2}))
    assert (first.status_code, first.get_json()) == (201, {"version": 2})
    second = client.post(f"{stream}/events", wanted(2, {"status": None, "deep": {"l": [1, {}]}}))
    assert second.get_json() == {"version": 3}
    log = client.get(f"{stream}/events").get_json()
    assert [item["version"] for item in log["items"]] == [1, 2, 3]
    assert log["items"][2]["data"] == {"status": None, "deep": {"l": [1, {}]}}
    assert log["nextCursor"] is None
    assert client.get(f"{stream}/state?version=2").get_json() == {
        "streamId": stream.rpartition("/")[2],
        "streamType": "order",
        "version": 2,
        "state": {"status": "open", "n": 2},
        "redacted": False,
    }
    assert client.get(f"{stream}/state").get_json()["state"]["status"] is None


def test_another_version_than_expected_is_told_the_current_one(client: Client, stream: str) -> None:
    client.post(f"{stream}/events", wanted(0, {"n": 1}, {"n": 2}))
    for expected in (0, 1, 3, 10**9):
        answer = client.post(f"{stream}/events", wanted(expected, {"n": 9}))
        assert code(answer) == (409, "conflict")
        assert answer.get_json()["currentVersion"] == 2
    fresh = client.post(f"{ECOSYSTEM}/streams/{unique('order')}/events", wanted(1, {"n": 9}))
    assert (code(fresh), fresh.get_json()["currentVersion"]) == ((409, "conflict"), 0)


def test_one_key_appends_once_for_ever(client: Client, stream: str) -> None:
    body = wanted(0, {"n": 1}, {"n": 2})
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda _: client.post(f"{stream}/events", body, Idempotency_Key="k"), range(8)
            )
        )
    assert {(a.status_code, a.get_json()["version"]) for a in answers} == {(201, 2)}
    client.post(f"{stream}/events", wanted(2, {"n": 3}))
    again = client.post(f"{stream}/events", body, Idempotency_Key="k")
    assert (again.status_code, again.get_json()) == (201, {"version": 2})
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "other",
    [
        wanted(0, {"n": 2}),
        wanted(1, {"n": 1}),
        wanted(0, {"n": 1}, {"n": 1}),
        wanted(0, {"n": 1}, subject="somebody"),
        wanted(0, {"n": True}),
        wanted(0, {"n": 1}, publish={"source": "SMP"}),
    ],
)
def test_one_key_for_another_append_is_refused(
    client: Client, stream: str, other: dict[str, Any]
) -> None:
    client.post(f"{stream}/events", wanted(0, {"n": 1}), Idempotency_Key="k")
    answer = client.post(f"{stream}/events", other, Idempotency_Key="k")
    assert code(answer) == (422, "idempotency-key-reused")
    elsewhere = f"{ECOSYSTEM}/streams/{unique('order')}/events"
    answer = client.post(elsewhere, wanted(0, {"n": 1}), Idempotency_Key="k")
    assert code(answer) == (422, "idempotency-key-reused")
    assert len(client.get(f"{stream}/events").get_json()["items"]) == 1


def test_the_log_is_paged(client: Client, stream: str) -> None:
    client.post(f"{stream}/events", wanted(0, *({"n": n} for n in range(1, 8))))
    found: list[int] = []
    query = "fromVersion=3&limit=2"
    for _ in range(3):
        page = client.get(f"{stream}/events?{query}").get_json()
        found += [item["version"] for item in page["items"]]
        query = f"limit=2&cursor={page['nextCursor']}"
    assert (found, page["nextCursor"]) == ([3, 4, 5, 6, 7], None)
    assert client.get(f"{stream}/events?fromVersion=8").get_json()["items"] == []


def test_each_tenant_has_streams_of_its_own(
    with_key: WithKey, as_user: AsUser, stream: str
) -> None:
    mine, theirs = unique("tenant"), unique("tenant")
    owner = with_key("ecosystem", theirs)
    owner.post(f"{stream}/events", wanted(0, {"secret": 1}))
    for caller in (with_key("ecosystem", mine), as_user("ecosystem", **{mine: "owner"})):
        for read in ("events", "state", "events?fromVersion=2"):
            assert code(caller.get(f"{stream}/{read}")) == (404, "not-found")
            foreign = caller.get(f"{stream}/{read}", **{"X-Tenant-Id": theirs})
            assert code(foreign) == (404, "not-found")
    foreign = with_key("ecosystem", mine).post(
        f"{stream}/events", wanted(1, {"n": 1}), **{"X-Tenant-Id": theirs}
    )
    assert code(foreign) == (404, "not-found")
    own = with_key("ecosystem", mine).post(f"{stream}/events", wanted(0, {"n": 1}))
    assert own.get_json() == {"version": 1}
    assert owner.get(f"{stream}/state").get_json()["state"] == {"secret": 1}


def test_names_that_join_alike_are_streams_apart(with_key: WithKey) -> None:
    tenant = unique("t")
    pairs = [(tenant, "b__c"), (f"{tenant}__b", "c"), (f"{tenant}_", "_b__c")]
    for n, (owner, stream) in enumerate(pairs):
        body = wanted(0, {"n": n})
        answer = with_key("ecosystem", owner).post(f"{ECOSYSTEM}/streams/{stream}/events", body)
        assert answer.get_json() == {"version": 1}


def test_a_viewer_reads_and_an_editor_erases_nothing(as_user: AsUser, tenant: str) -> None:
    stream = unique("order")
    editor = as_user("ecosystem", **{tenant: "editor"})
    viewer = as_user("ecosystem", **{tenant: "viewer"})
    events = f"{ECOSYSTEM}/streams/{stream}/events"
    assert editor.post(events, wanted(0, {"n": 1})).status_code == 201
    assert viewer.get(events).status_code == 200
    assert code(viewer.post(events, wanted(1, {"n": 1}))) == (403, "forbidden")
    assert code(erased(editor, stream)) == (403, "forbidden")


def test_what_can_be_appended_can_be_published(client: Client, stream: str) -> None:
    deepest: dict[str, Any] = {"n": 1}
    for _ in range(15):
        deepest = {"é" * 40: deepest}
    body = wanted(0, deepest, publish={"source": "ORDERING"})
    assert client.post(f"{stream}/events", body).status_code == 201
    (heard,) = client.get(f"{ECOSYSTEM}/events").get_json()["items"]
    assert heard["payload"]["data"] == client.get(f"{stream}/state").get_json()["state"] == deepest


def test_what_is_published_is_on_the_bus_and_all_is_in_the_history(
    client: Client, stream: str
) -> None:
    client.post(f"{stream}/events", wanted(0, {"n": 1}))
    for expected, target in ((1, "SMP"), (2, ["SMP", "CRM"]), (3, None)):
        publish = {"source": "ORDERING"} | ({"target": target} if target else {})
        client.post(f"{stream}/events", wanted(expected, {"n": expected}, publish=publish))
    heard = client.get(f"{ECOSYSTEM}/events").get_json()["items"]
    assert [event["target"] for event in heard] == ["SMP", ["SMP", "CRM"], None]
    assert [event["payload"]["version"] for event in heard] == [2, 3, 4]
    found = client.get(f"{ECOSYSTEM}/history?types=order_changed&limit=3").get_json()
    assert [item["version"] for item in found["items"]] == [1, 2, 3]
    rest = client.get(f"{ECOSYSTEM}/history?cursor={found['nextCursor']}").get_json()
    assert ([item["version"] for item in rest["items"]], rest["nextCursor"]) == ([4], None)
    early = client.get(f"{ECOSYSTEM}/history?to=2020-01-01T00:00:00Z").get_json()
    assert early == {"items": [], "nextCursor": None}
