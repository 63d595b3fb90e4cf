"""The event store as a client calls it: what is appended once stays, and is each tenant's own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.unit.entry.calls import code

AsUser = Callable[..., Client]
WithKey = Callable[[str, str | None], Client]
ECOSYSTEM = "/api/v1/ecosystem"


@pytest.fixture
def client(with_key: WithKey, tenant: str) -> Client:
    """A product of the tenant."""
    return with_key("ecosystem", tenant)


@pytest.fixture
def path() -> str:
    return f"{ECOSYSTEM}/streams/{unique('order')}"


def wanted(expected: int, *data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    events = [{"eventType": "order_changed", "data": d, "schemaVersion": 1} for d in data]
    return {"expectedVersion": expected, "events": events} | changes


def erased(client: Client, subject: str) -> TestResponse:
    target = f"{ECOSYSTEM}/subjects/{subject}/personal-data"
    return client.function.delete(target, headers=client.credential)


def test_what_is_appended_is_read_as_it_was_and_adds_up(client: Client, path: str) -> None:
    first = client.post(f"{path}/events", wanted(0, {"status": "open", "n": 1}, {"n": 2}))
    assert (first.status_code, first.get_json()) == (201, {"version": 2})
    second = client.post(f"{path}/events", wanted(2, {"status": None, "deep": {"l": [1, {}]}}))
    assert second.get_json() == {"version": 3}
    log = client.get(f"{path}/events").get_json()
    assert [item["version"] for item in log["items"]] == [1, 2, 3]
    assert log["items"][2]["data"] == {"status": None, "deep": {"l": [1, {}]}}
    assert log["nextCursor"] is None
    assert client.get(f"{path}/state?version=2").get_json() == {
        "streamId": path.rpartition("/")[2],
        "streamType": "order",
        "version": 2,
        "state": {"status": "open", "n": 2},
        "redacted": False,
    }
    assert client.get(f"{path}/state").get_json()["state"]["status"] is None


def test_another_version_than_expected_is_told_the_current_one(client: Client, path: str) -> None:
    client.post(f"{path}/events", wanted(0, {"n": 1}, {"n": 2}))
    for expected in (0, 1, 3, 10**9):
        answer = client.post(f"{path}/events", wanted(expected, {"n": 9}))
        assert code(answer) == (409, "conflict")
        assert answer.get_json()["currentVersion"] == 2
    fresh = client.post(f"{ECOSYSTEM}/streams/{unique('order')}/events", wanted(1, {"n": 9}))
    assert (code(fresh), fresh.get_json()["currentVersion"]) == ((409, "conflict"), 0)


def test_one_key_appends_once_for_ever(client: Client, path: str) -> None:
    body = wanted(0, {"n": 1}, {"n": 2})
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda _: client.post(f"{path}/events", body, Idempotency_Key="k"), range(8)
            )
        )
    assert {(a.status_code, a.get_json()["version"]) for a in answers} == {(201, 2)}
    client.post(f"{path}/events", wanted(2, {"n": 3}))
    again = client.post(f"{path}/events", body, Idempotency_Key="k")
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
    client: Client, path: str, other: dict[str, Any]
) -> None:
    client.post(f"{path}/events", wanted(0, {"n": 1}), Idempotency_Key="k")
    answer = client.post(f"{path}/events", other, Idempotency_Key="k")
    assert code(answer) == (422, "idempotency-key-reused")
    elsewhere = f"{ECOSYSTEM}/streams/{unique('order')}/events"
    answer = client.post(elsewhere, wanted(0, {"n": 1}), Idempotency_Key="k")
    assert code(answer) == (422, "idempotency-key-reused")
    assert len(client.get(f"{path}/events").get_json()["items"]) == 1


def test_the_log_is_paged(client: Client, path: str) -> None:
    client.post(f"{path}/events", wanted(0, *({"n": n} for n in range(1, 8))))
    found: list[int] = []
    query = "fromVersion=3&limit=2"
    for _ in range(3):
        page = client.get(f"{path}/events?{query}").get_json()
        found += [item["version"] for item in page["items"]]
        query = f"limit=2&cursor={page['nextCursor']}"
    assert (found, page["nextCursor"]) == ([3, 4, 5, 6, 7], None)
    assert client.get(f"{path}/events?fromVersion=8").get_json()["items"] == []


def test_each_tenant_has_streams_of_its_own(with_key: WithKey, as_user: AsUser, path: str) -> None:
    mine, theirs = unique("tenant"), unique("tenant")
    owner = with_key("ecosystem", theirs)
    owner.post(f"{path}/events", wanted(0, {"secret": 1}))
    for caller in (with_key("ecosystem", mine), as_user("ecosystem", **{mine: "owner"})):
        for read in ("events", "state", "events?fromVersion=2"):
            assert code(caller.get(f"{path}/{read}")) == (404, "not-found")
            foreign = caller.get(f"{path}/{read}", **{"X-Tenant-Id": theirs})
            assert code(foreign) == (404, "not-found")
    foreign = with_key("ecosystem", mine).post(
        f"{path}/events", wanted(1, {"n": 1}), **{"X-Tenant-Id": theirs}
    )
    assert code(foreign) == (404, "not-found")
    own = with_key("ecosystem", mine).post(f"{path}/events", wanted(0, {"n": 1}))
    assert own.get_json() == {"version": 1}
    assert owner.get(f"{path}/state").get_json()["state"] == {"secret": 1}


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


def personal(expected: int, email: str = "ana@example.org") -> dict[str, Any]:
    body = wanted(expected, {"email": email, "n": expected})
    body["events"][0]["personal"] = ["email"]
    return body


def test_what_is_personal_is_shown_until_it_is_erased(client: Client, path: str) -> None:
    client.post(f"{path}/events", personal(0), Idempotency_Key="k")
    client.post(f"{path}/events", wanted(1, {"status": "open"}))
    (item, _) = client.get(f"{path}/events").get_json()["items"]
    assert (item["data"]["email"], item["personal"]) == ("ana@example.org", ["email"])
    assert client.get(f"{path}/state").get_json()["state"]["email"] == "ana@example.org"
    subject = path.rpartition("/")[2]
    assert [erased(client, subject).status_code for _ in range(2)] == [204, 204]
    (item, _) = client.get(f"{path}/events").get_json()["items"]
    assert item["data"] == {"email": None, "n": 0}
    assert item["redacted"] == ["email"]
    after = client.get(f"{path}/state").get_json()
    assert (after["state"]["email"], after["state"]["status"]) == (None, "open")
    assert after["redacted"] is True
    assert code(client.post(f"{path}/events", personal(2))) == (409, "conflict")
    assert client.post(f"{path}/events", wanted(2, {"n": 1})).status_code == 201
    again = client.post(f"{path}/events", personal(0), Idempotency_Key="k")
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == ({"version": 1}, "true")


def test_another_personal_value_is_another_append(client: Client, path: str) -> None:
    client.post(f"{path}/events", personal(0), Idempotency_Key="k")
    other = client.post(f"{path}/events", personal(0, "eva@example.org"), Idempotency_Key="k")
    assert code(other) == (422, "idempotency-key-reused")


def test_nobody_else_s_data_is_erased(with_key: WithKey, client: Client, path: str) -> None:
    client.post(f"{path}/events", personal(0))
    subject = path.rpartition("/")[2]
    assert code(erased(with_key("ecosystem", unique("tenant")), subject)) == (404, "not-found")
    assert code(erased(client, unique("nobody"))) == (404, "not-found")
    assert client.get(f"{path}/state").get_json()["state"]["email"] == "ana@example.org"


def test_a_stream_is_about_one_subject(client: Client, path: str) -> None:
    body = personal(0) | {"subject": "ana"}
    assert client.post(f"{path}/events", body).status_code == 201
    assert code(client.post(f"{path}/events", personal(1))) == (409, "conflict")
    assert client.post(f"{path}/events", personal(1) | {"subject": "ana"}).status_code == 201
    assert erased(client, "ana").status_code == 204
    assert client.get(f"{path}/state").get_json()["redacted"] is True


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"expectedVersion": -1}, "/expectedVersion"),
    ({"expectedVersion": "0"}, "/expectedVersion"),
    ({"expectedVersion": True}, "/expectedVersion"),
    ({"expectedVersion": None}, "/expectedVersion"),
    ({"events": []}, "/events"),
    ({"events": {}}, "/events"),
    ({"events": wanted(0, *[{}] * 101)["events"]}, "/events"),
    ({"events": [{"eventType": "a", "data": {}, "version": 1}]}, "/events/0/version"),
    ({"events": [{"eventType": "a b", "data": {}}]}, "/events/0/eventType"),
    ({"events": [{"eventType": "a", "data": []}]}, "/events/0/data"),
    ({"events": [{"eventType": "a", "data": {"n": 2**53}}]}, "/events/0/data"),
    ({"events": [{"eventType": "a"}]}, "/events/0/data"),
    ({"events": [{"eventType": "a", "data": {}, "schemaVersion": 0}]}, "/events/0/schemaVersion"),
    ({"events": [{"eventType": "a", "data": {}, "schemaVersion": 2}]}, "/events/0/schemaVersion"),
    ({"events": [{"eventType": "a", "data": {}, "personal": ["x"]}]}, "/events/0/personal"),
    ({"subject": "a/b"}, "/subject"),
    ({"publish": {}}, "/publish/source"),
    ({"publish": {"source": "*"}}, "/publish/source"),
    ({"publish": {"source": "hyphae"}}, "/publish/source"),
    ({"version": 1}, "/version"),
]


@pytest.mark.parametrize(("changes", "pointer"), WRONG)
def test_a_wrong_append_is_refused_by_name_and_changes_nothing(
    client: Client, path: str, changes: dict[str, Any], pointer: str
) -> None:
    answer = client.post(f"{path}/events", wanted(0, {"n": 1}) | changes)
    assert code(answer) == (422, "validation-error")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert code(client.get(f"{path}/events")) == (404, "not-found")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("events?fromVersion=0", 422),
        ("events?fromVersion=x", 422),
        ("events?limit=101", 422),
        ("events?cursor=x", 400),
        ("events?version=1", 422),
        ("state?version=0", 422),
        ("state?version=2", 404),
        ("state?version=99999999999", 422),
    ],
)
def test_a_wrong_question_is_refused(client: Client, path: str, query: str, status: int) -> None:
    client.post(f"{path}/events", wanted(0, {"n": 1}))
    assert client.get(f"{path}/{query}").status_code == status


def test_without_a_key_nothing_is_appended(client: Client, path: str) -> None:
    answer = client.post(f"{path}/events", wanted(0, {"n": 1}), Idempotency_Key="")
    assert code(answer) == (400, "invalid-request")
    assert code(client.get(f"{path}/state")) == (404, "not-found")


def test_what_can_be_appended_can_be_published(client: Client, path: str) -> None:
    deepest: dict[str, Any] = {"n": 1}
    for _ in range(15):
        deepest = {"é" * 40: deepest}
    body = wanted(0, deepest, publish={"source": "ORDERING"})
    assert client.post(f"{path}/events", body).status_code == 201
    (heard,) = client.get(f"{ECOSYSTEM}/events").get_json()["items"]
    assert heard["payload"]["data"] == client.get(f"{path}/state").get_json()["state"] == deepest


def test_what_is_published_is_on_the_bus_and_all_is_in_the_history(
    client: Client, path: str
) -> None:
    client.post(f"{path}/events", wanted(0, {"n": 1}))
    for expected, target in ((1, "SMP"), (2, ["SMP", "CRM"]), (3, None)):
        publish = {"source": "ORDERING"} | ({"target": target} if target else {})
        client.post(f"{path}/events", wanted(expected, {"n": expected}, publish=publish))
    heard = client.get(f"{ECOSYSTEM}/events").get_json()["items"]
    assert [event["target"] for event in heard] == ["SMP", ["SMP", "CRM"], None]
    assert [event["payload"]["version"] for event in heard] == [2, 3, 4]
    found = client.get(f"{ECOSYSTEM}/history?types=order_changed&limit=3").get_json()
    assert [item["version"] for item in found["items"]] == [1, 2, 3]
    rest = client.get(f"{ECOSYSTEM}/history?cursor={found['nextCursor']}").get_json()
    assert ([item["version"] for item in rest["items"]], rest["nextCursor"]) == ([4], None)
    early = client.get(f"{ECOSYSTEM}/history?to=2020-01-01T00:00:00Z").get_json()
    assert early == {"items": [], "nextCursor": None}
