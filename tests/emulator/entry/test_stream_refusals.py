"""Appends and questions that are refused: by name, and nothing changes."""

from typing import Any

import pytest

from tests.emulator.entry.clients import Client
from tests.emulator.entry.streams import wanted
from tests.unit.entry.calls import code

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
    client: Client, stream: str, changes: dict[str, Any], pointer: str
) -> None:
    answer = client.post(f"{stream}/events", wanted(0, {"n": 1}) | changes)
    assert code(answer) == (422, "validation-error")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert code(client.get(f"{stream}/events")) == (404, "not-found")


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
def test_a_wrong_question_is_refused(client: Client, stream: str, query: str, status: int) -> None:
    client.post(f"{stream}/events", wanted(0, {"n": 1}))
    assert client.get(f"{stream}/{query}").status_code == status


def test_without_a_key_nothing_is_appended(client: Client, stream: str) -> None:
    answer = client.post(f"{stream}/events", wanted(0, {"n": 1}), Idempotency_Key="")
    assert code(answer) == (400, "invalid-request")
    assert code(client.get(f"{stream}/state")) == (404, "not-found")
