"""Edits of a menu at once, and calls that are made twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.wiring import Wiring
from tests.emulator.entry.clients import Client, WithKey
from tests.emulator.entry.menus import TACO, added, at, told
from tests.unit.entry.calls import code


@pytest.fixture
def client(with_key: WithKey, restaurant: str) -> Client:
    """The restaurant's SMP."""
    return with_key("sync", restaurant)


def test_who_names_the_version_they_read_overwrites_no_other(
    client: Client, restaurant: str
) -> None:
    one = added(client, restaurant)
    assert client.send("PATCH", one, {"price": 500}, If_Match='"1"').status_code == 200
    for method, body in (("PATCH", {"price": 600}), ("DELETE", None)):
        late = client.send(method, one, body, If_Match='"1"')
        assert code(late) == (409, "conflict")
        assert late.get_json()["version"] == 2
    assert code(client.send("PATCH", one, {"price": 1}, If_Match="2")) == (400, "invalid-request")
    weakened = client.send("PATCH", one, {"price": 700}, If_Match='W/"2"')
    assert (weakened.status_code, weakened.headers["ETag"]) == (200, '"3"')
    assert client.send("DELETE", one, If_Match='"3"').status_code == 204


def test_edits_at_once_are_all_kept_and_each_is_told(
    client: Client, wiring: Wiring, restaurant: str
) -> None:
    one = added(client, restaurant)
    changes: list[dict[str, Any]] = [
        {"price": 500},
        {"name": "Suadero"},
        {"position": 3},
        {"available": False},
    ]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda change: client.send("PATCH", one, change), changes))
    assert {answer.status_code for answer in answers} == {200}
    last = client.send("GET", one).get_json()
    assert all(change.items() <= last.items() for change in changes)
    events = told(wiring, restaurant)
    assert [event["payload"]["version"] for event in events] == [1, 2, 3, 4, 5]


def test_one_key_adds_one_item_for_ever(client: Client, wiring: Wiring, restaurant: str) -> None:
    path = at(restaurant, "products")
    with ThreadPoolExecutor(8) as threads:
        asked = range(8)
        answers = list(
            threads.map(lambda _: client.send("POST", path, TACO, Idempotency_Key="k"), asked)
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert [a.headers.get("Idempotent-Replayed") for a in answers].count("true") == 7
    one = at(restaurant, "products", answers[0].get_json()["productId"])
    client.send("DELETE", one)
    again = client.send("POST", path, TACO, Idempotency_Key="k")
    assert again.get_data() == answers[0].get_data()
    assert client.send("GET", one).status_code == 404
    other = client.send("POST", path, TACO | {"price": 1}, Idempotency_Key="k")
    assert code(other) == (422, "idempotency-key-reused")
    assert len(told(wiring, restaurant)) == 2


def test_a_key_is_answered_though_the_section_is_gone(client: Client, restaurant: str) -> None:
    path, section = at(restaurant, "products"), added(client, restaurant, "categories")
    item = TACO | {"categoryId": section.rpartition("/")[2]}
    first = client.send("POST", path, item, Idempotency_Key="k")
    client.send("DELETE", at(restaurant, "products", first.get_json()["productId"]))
    assert client.send("DELETE", section).status_code == 204
    again = client.send("POST", path, item, Idempotency_Key="k")
    assert (again.get_data(), again.status_code) == (first.get_data(), 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = client.send("POST", path, item | {"price": 1}, Idempotency_Key="k")
    assert code(other) == (422, "idempotency-key-reused")
    new = client.send("POST", path, item, Idempotency_Key="another")
    assert code(new) == (422, "validation-error")
