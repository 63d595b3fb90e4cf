"""What is personal in a stream: shown until it is erased, by whoever may."""

from tests.builders import unique
from tests.emulator.entry.clients import Client, WithKey
from tests.emulator.entry.streams import erased, personal, wanted
from tests.unit.entry.calls import code


def test_what_is_personal_is_shown_until_it_is_erased(client: Client, stream: str) -> None:
    client.post(f"{stream}/events", personal(0), Idempotency_Key="k")
    client.post(f"{stream}/events", wanted(1, {"status": "open"}))
    (item, _) = client.get(f"{stream}/events").get_json()["items"]
    assert (item["data"]["email"], item["personal"]) == ("ana@example.org", ["email"])
    assert client.get(f"{stream}/state").get_json()["state"]["email"] == "ana@example.org"
    subject = stream.rpartition("/")[2]
    assert [erased(client, subject).status_code for _ in range(2)] == [204, 204]
    (item, _) = client.get(f"{stream}/events").get_json()["items"]
    assert item["data"] == {"email": None, "n": 0}
    assert item["redacted"] == ["email"]
    after = client.get(f"{stream}/state").get_json()
    assert (after["state"]["email"], after["state"]["status"]) == (None, "open")
    assert after["redacted"] is True
    assert code(client.post(f"{stream}/events", personal(2))) == (409, "conflict")
    assert client.post(f"{stream}/events", wanted(2, {"n": 1})).status_code == 201
    again = client.post(f"{stream}/events", personal(0), Idempotency_Key="k")
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == ({"version": 1}, "true")


def test_another_personal_value_is_another_append(client: Client, stream: str) -> None:
    client.post(f"{stream}/events", personal(0), Idempotency_Key="k")
    other = client.post(f"{stream}/events", personal(0, "eva@example.org"), Idempotency_Key="k")
    assert code(other) == (422, "idempotency-key-reused")


def test_nobody_else_s_data_is_erased(with_key: WithKey, client: Client, stream: str) -> None:
    client.post(f"{stream}/events", personal(0))
    subject = stream.rpartition("/")[2]
    assert code(erased(with_key("ecosystem", unique("tenant")), subject)) == (404, "not-found")
    assert code(erased(client, unique("nobody"))) == (404, "not-found")
    assert client.get(f"{stream}/state").get_json()["state"]["email"] == "ana@example.org"


def test_a_stream_is_about_one_subject(client: Client, stream: str) -> None:
    body = personal(0) | {"subject": "ana"}
    assert client.post(f"{stream}/events", body).status_code == 201
    assert code(client.post(f"{stream}/events", personal(1))) == (409, "conflict")
    assert client.post(f"{stream}/events", personal(1) | {"subject": "ana"}).status_code == 201
    assert erased(client, "ana").status_code == 204
    assert client.get(f"{stream}/state").get_json()["redacted"] is True
