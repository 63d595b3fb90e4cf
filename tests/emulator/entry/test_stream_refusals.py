"""Appends and questions that are refused: by name, and nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.emulator.entry.streams import ECOSYSTEM, wanted
from tests.unit.entry.calls import code

WithKey = Callable[[str, str | None], Client]


@pytest.fixture
def client(with_key: WithKey, tenant: str) -> Client:
    """A product of the tenant."""
    return with_key("ecosystem", tenant)


@pytest.fixture
def path() -> str:
    return f"{ECOSYSTEM}/streams/{unique('order')}"


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
