"""The webhook calls as a client makes them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from shared.kernel.clock import rfc3339, utc_now
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.sink import Sink, listening
from tests.unit.entry.calls import code

WEBHOOKS = "/api/v1/ecosystem/webhooks"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening() as made:
        yield made


def wanted(url: str, **changes: Any) -> dict[str, Any]:
    return {"url": url, "eventTypes": ["case_changed"], **changes}


def registered(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    answer = client.post(WEBHOOKS, wanted(url, **changes))
    assert answer.status_code == 201
    made: dict[str, Any] = answer.get_json()
    return made


def test_the_secret_is_shown_once_and_then_never(client: Client, sink: Sink) -> None:
    made = registered(client, sink.url, description="ours")
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    path = f"{WEBHOOKS}/{made['webhookId']}"
    assert client.get(path).get_json() == made
    assert client.get(WEBHOOKS).get_json() == {"items": [made], "nextCursor": None}
    assert secret.removeprefix("whsec_") not in client.get(WEBHOOKS).get_data(as_text=True)


def test_endpoints_are_listed_in_pages(
    client: Client, with_key: WithKey, tenant: str, sink: Sink
) -> None:
    made = [registered(client, sink.url)["webhookId"] for _ in range(3)]
    first = client.get(f"{WEBHOOKS}?limit=2").get_json()
    rest = client.get(f"{WEBHOOKS}?limit=2&cursor={first['nextCursor']}").get_json()
    assert [item["webhookId"] for item in [*first["items"], *rest["items"]]] == made
    assert rest["nextCursor"] is None
    other = with_key("ecosystem", f"{tenant}-2")
    for caller, cursor in ((client, "abc"), (other, first["nextCursor"])):
        assert code(caller.get(f"{WEBHOOKS}?cursor={cursor}")) == (400, "invalid-request")


def test_what_is_changed_is_changed_and_nothing_else(client: Client, sink: Sink) -> None:
    made = registered(client, sink.url)
    path = f"{WEBHOOKS}/{made['webhookId']}"
    changed = client.patch(path, {"enabled": False, "description": "off"})
    assert changed.status_code == 200
    expected = made | {"enabled": False, "disabledCause": "paused", "description": "off"}
    del expected["secret"]
    assert changed.get_json() | {"updatedAt": made["updatedAt"]} == expected
    assert client.patch(path, {"enabled": True}).get_json()["enabled"] is True
    assert client.delete(path).status_code == 204
    assert code(client.get(path)) == (404, "not-found")
    assert code(client.delete(path)) == (404, "not-found")


def test_a_test_is_sent_at_once_and_is_on_record(client: Client, sink: Sink) -> None:
    made = registered(client, sink.url, enabled=False)
    path = f"{WEBHOOKS}/{made['webhookId']}"
    tested = client.post(f"{path}/test", {})
    assert tested.status_code == 200
    assert tested.get_json()["delivered"] is True
    (received,) = sink.received
    told = Webhook(made["secret"]).verify(received.body, dict(received.headers))
    assert told["type"] == "webhook_test"
    sink.says(503)
    client.post(f"{path}/test", {})
    first = client.get(f"{path}/attempts?limit=1").get_json()
    assert [a["statusCode"] for a in first["items"]] == [503]
    rest = client.get(f"{path}/attempts?limit=1&cursor={first['nextCursor']}").get_json()
    assert [a["eventId"] for a in rest["items"]] == [received.message_id]
    assert rest["nextCursor"] is None
    assert client.get(f"{path}/attempts?cursor=nonsense").status_code == 400


def test_for_a_day_both_secrets_sign_then_the_new_one_alone(client: Client, sink: Sink) -> None:
    made = registered(client, sink.url)
    path = f"{WEBHOOKS}/{made['webhookId']}"
    rotated = client.post(f"{path}/rotate-secret", {})
    assert rotated.status_code == 200
    client.post(f"{path}/test", {})
    (received,) = sink.received
    for secret in (made["secret"], rotated.get_json()["secret"]):
        assert Webhook(secret).verify(received.body, dict(received.headers))


def test_recovering_counts_what_is_sent_again(client: Client, sink: Sink) -> None:
    made = registered(client, sink.url)
    path = f"{WEBHOOKS}/{made['webhookId']}"
    since = rfc3339(utc_now() - timedelta(days=1))
    answer = client.post(f"{path}/recover", {"since": since})
    assert (answer.status_code, answer.get_json()["count"]) == (202, 0)
    assert client.send("POST", f"{path}/recover").get_json()["count"] == 0


REFUSED: dict[str, dict[str, Any]] = {
    "no address": {"url": ""},
    "http": {"url": "http://example.com/hook"},
    "loopback": {"url": "https://127.0.0.1/hook"},
    "a port of nobody's": {"url": "http://127.0.0.1:9800/hook"},
    "metadata": {"url": "https://169.254.169.254/computeMetadata/v1/"},
    "decimal": {"url": "https://2130706433/"},
    "mapped": {"url": "https://[::ffff:10.0.0.1]/"},
    "credentials": {"url": "https://a:b@example.com/"},
    "a number": {"url": 1},
    "no types": {"eventTypes": []},
    "no such type": {"eventTypes": ["Case Changed"]},
    "a type twice": {"eventTypes": ["a", "a"]},
    "too many types": {"eventTypes": [f"type_{n}" for n in range(51)]},
    "types as text": {"eventTypes": "case_changed"},
    "another member": {"secret": "whsec_mine"},
    "not a flag": {"enabled": "yes"},
    "long": {"description": "x" * 501},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_is_refused_and_changes_nothing(client: Client, changes: dict[str, Any]) -> None:
    answer = client.post(WEBHOOKS, wanted("https://example.com/hook") | changes)
    assert code(answer) == (422, "validation-error")
    (pointer,) = {f"/{name}" for name in changes}
    assert all(e["pointer"].startswith(pointer) for e in answer.get_json()["errors"])
    assert client.get(WEBHOOKS).get_json()["items"] == []


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "http://example.com/", "https://a@b.com/"])
def test_an_address_cannot_be_changed_to_what_is_refused(
    client: Client, sink: Sink, url: str
) -> None:
    made = registered(client, sink.url)
    path = f"{WEBHOOKS}/{made['webhookId']}"
    assert code(client.patch(path, {"url": url})) == (422, "validation-error")
    assert client.get(path).get_json()["url"] == sink.url


def test_another_tenants_endpoint_is_not_there(
    client: Client, with_key: WithKey, as_user: AsUser, sink: Sink, tenant: str
) -> None:
    made = registered(client, sink.url)
    path = f"{WEBHOOKS}/{made['webhookId']}"
    foreign, nobody = with_key("ecosystem", "tenant-other"), as_user("ecosystem")
    for stranger in (foreign, nobody):
        assert code(stranger.get(path)) == (404, "not-found")
        assert code(stranger.patch(path, {"enabled": False})) == (404, "not-found")
        assert code(stranger.delete(path)) == (404, "not-found")
        assert code(stranger.get(f"{path}/attempts")) == (404, "not-found")
        for verb in ("rotate-secret", "test"):
            assert code(stranger.post(f"{path}/{verb}", {})) == (404, "not-found")
        since = {"since": rfc3339(utc_now())}
        assert code(stranger.post(f"{path}/recover", since)) == (404, "not-found")
    assert sink.received == []
    assert client.get(path).get_json()["enabled"] is True


def test_only_who_may_write_webhooks_sees_them(
    as_user: AsUser, client: Client, sink: Sink, tenant: str
) -> None:
    made = registered(client, sink.url)
    for role, status in {"owner": 200, "admin": 200, "editor": 403, "viewer": 403}.items():
        user = as_user("ecosystem", **{tenant: role})
        assert user.get(f"{WEBHOOKS}/{made['webhookId']}").status_code == status
        assert user.get(WEBHOOKS).status_code == status


@pytest.mark.parametrize("name", ["wh_1", "wh_1.", ".", "x.y", "wh_1.tenant-other"])
def test_an_id_of_nobody_is_not_there(client: Client, name: str) -> None:
    assert client.get(f"{WEBHOOKS}/{name}").status_code in (400, 404)


def test_a_tenant_has_at_most_twenty(client: Client, sink: Sink) -> None:
    for _ in range(20):
        registered(client, sink.url)
    assert code(client.post(WEBHOOKS, wanted(sink.url))) == (409, "conflict")
