"""Lists of events as a client asks for them."""

import base64

import pytest

from shared.wiring import Wiring
from tests.builders import event
from tests.emulator.entry.clients import EVENTS, AsUser, Client, WithKey
from tests.emulator.entry.leases import wanted
from tests.unit.entry.calls import code


@pytest.fixture
def client(with_key: WithKey, tenant: str) -> Client:
    """A product of a tenant with five events: three types, two targets."""
    made = with_key("ecosystem", tenant)
    for number in range(5):
        target = {"target": ["SMP", "CRM"][number % 2]}
        body = wanted(tenant, eventType=f"type_{number % 3}", payload={"n": number}, **target)
        assert made.post(EVENTS, body).status_code == 202
    return made


def numbers(client: Client, query: str) -> list[int]:
    return [item["payload"]["n"] for item in client.get(EVENTS + query).get_json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("?types=", [0, 1, 2, 3, 4]),
        ("?target=SMP", [0, 2, 4]),
        ("?types=type_0", [0, 3]),
        ("?types=type_0,type_1", [0, 1, 3, 4]),
        ("?types=type_0&types=type_1", [0, 1, 3, 4]),
        ("?target=CRM&types=type_0,type_1", [1, 3]),
        ("?processed=true", []),
        ("?processed=false&limit=2", [0, 1]),
        ("?limit=1", [0]),
    ],
)
def test_a_list_is_narrowed(client: Client, query: str, found: list[int]) -> None:
    assert numbers(client, query) == found


@pytest.mark.parametrize("member", ["cursor", "after"])
def test_a_cursor_leads_on_and_the_last_page_says_so(client: Client, member: str) -> None:
    found: list[int] = []
    cursor: str | None = ""
    for _ in range(4):
        page = client.get(f"{EVENTS}?limit=2&{member}={cursor}").get_json()
        found += [item["payload"]["n"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert found == [0, 1, 2, 3, 4]
    assert cursor is None


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1.5",
        "limit=-1",
        "processed=maybe",
        "target=*",
        "target=a/b",
        "types=of two words",
        "types=a,,b",
        "types=" + ",".join("abcdefghijklmnop"),
        "unknown=1",
        "tenantId=other",
        "orderBy=payload",
    ],
)
def test_a_wrong_query_is_refused(client: Client, query: str) -> None:
    assert code(client.get(f"{EVENTS}?{query}")) == (422, "validation-error")


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_cursor_of_another_tenant_is_refused(client: Client, with_key: WithKey) -> None:
    cursor = client.get(f"{EVENTS}?limit=1").get_json()["nextCursor"]
    stranger = with_key("ecosystem", "stranger")
    assert code(stranger.get(f"{EVENTS}?cursor={cursor}")) == (400, "invalid-request")


@pytest.mark.parametrize("cursor", ["x", "%00", "é", "e30", "null", "=", "A" * 3000])
def test_what_is_no_cursor_is_refused(client: Client, cursor: str) -> None:
    assert code(client.get(f"{EVENTS}?cursor={cursor}")) == (400, "invalid-request")


@pytest.mark.parametrize(
    "position",
    [
        "",
        ',"x"',
        ',"x","y"',
        ',"2026-01-01T00:00:00Z","a/b"',
        ',"2026-01-01T00:00:00Z","\\ud800"',
        ',"2026-01-01T00:00:00Z","__x__"',
        ',"0001-01-01T00:00:00+23:00","x"',
        ",1,2",
    ],
)
def test_a_forged_cursor_is_refused(client: Client, tenant: str, position: str) -> None:
    cursor = forged(f'["events:{tenant}"{position}]')
    assert code(client.get(f"{EVENTS}?cursor={cursor}")) == (400, "invalid-request")


@pytest.mark.parametrize("consumer", ["", "a/b", "..", "__x__", "é", "a b", "x" * 65, 1, None])
def test_a_consumer_is_a_product(client: Client, consumer: object) -> None:
    event_id = client.get(EVENTS).get_json()["items"][0]["eventId"]
    answer = client.post(f"{EVENTS}/{event_id}/ack", {"consumer": consumer})
    assert code(answer) == (422, "validation-error")


def test_what_a_consumer_is_done_with_leaves_its_list(client: Client) -> None:
    event_id = client.get(f"{EVENTS}?target=SMP").get_json()["items"][0]["eventId"]
    for _ in range(2):
        answer = client.post(f"{EVENTS}/{event_id}/ack", {"consumer": "SMP"})
        assert answer.get_json() == {"eventId": event_id, "consumer": "SMP", "processed": True}
    assert numbers(client, "?target=SMP&processed=false") == [2, 4]
    assert numbers(client, "?target=SMP&processed=true") == [0]


def test_an_event_of_no_tenant_is_the_platforms_alone(
    wiring: Wiring, with_key: WithKey, as_user: AsUser, tenant: str
) -> None:
    made = wiring.event_bus.emit(event(tenant_id=None, recorded_at=wiring.clock())).event
    path, body = f"{EVENTS}/{made.event_id}/ack", {"consumer": "SMP"}
    for caller in (with_key("ecosystem", tenant), as_user("ecosystem", **{tenant: "owner"})):
        assert code(caller.post(path, body)) == (404, "not-found")
    assert with_key("ecosystem", None).post(path, body).status_code == 200
