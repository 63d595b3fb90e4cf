"""What is personal in a stream: shown until it is erased, by whoever may."""

from collections.abc import Callable

import pytest

from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.emulator.entry.streams import ECOSYSTEM, erased, personal, wanted
from tests.unit.entry.calls import code

WithKey = Callable[[str, str | None], Client]


@pytest.fixture
def client(with_key: WithKey, tenant: str) -> Client:
    """A product of the tenant."""
    return with_key("ecosystem", tenant)


@pytest.fixture
def path() -> str:
    return f"{ECOSYSTEM}/streams/{unique('order')}"


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
