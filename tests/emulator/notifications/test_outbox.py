"""From an account that runs low to what its holder is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter
from google.events.cloud.firestore import DocumentEventData

from functions.notifications.firestore import notify_outbox
from shared.entry.deliveries import BadEvent
from shared.platform.documents import DocumentChange, read_change
from shared.platform.wire import Wire
from shared.tokens.commands import Deduct
from shared.wiring import Wiring
from tests.builders import unique

Person = Callable[..., str]
handle: Callable[[DocumentChange, Wiring], None] = notify_outbox.__wrapped__  # type: ignore[attr-defined]  # functools.wraps


def written(wiring: Wiring, message: dict[str, Any]) -> DocumentChange:
    """A message as the trigger brings it."""
    write = Wire(wiring.hub).setting(f"outbox/{unique('message')}", message)
    event = DocumentEventData.pb()(value=write["update"])
    change = read_change(event.SerializeToString(), "event", datetime.now(UTC))
    assert change
    return change


def messages(wiring: Wiring, account_id: str) -> list[dict[str, Any]]:
    query = wiring.hub.collection("outbox").where(filter=FieldFilter("accountId", "==", account_id))
    return [found.to_dict() or {} for found in query.get()]


def lines(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    return [line for line in found if line["message"] == "notification"]


def test_whoever_runs_out_is_told_on_every_channel_once(
    wiring: Wiring, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    user_id = person(pushTokens=["device"])
    opening = wiring.tokens.free(lambda _: None)
    wiring.tokens.deduct(user_id, Deduct("all", 100), opening)
    told = [written(wiring, message) for message in messages(wiring, user_id)]
    for change in told * 2:
        handle(change, wiring)
    found = lines(capsys.readouterr().out)
    assert sorted((line["channel"], line["subject"]) for line in found) == [
        ("email", "Tokens are running low"),
        ("email", "Tokens have run out"),
        ("push", "Tokens are running low"),
        ("push", "Tokens have run out"),
    ]
    assert {line["to"] for line in found} == {f"{user_id}@example.org", "device"}
    assert len({line["notification"] for line in found}) == 4


def test_what_people_are_not_told_is_left_to_the_ecosystem(
    wiring: Wiring, capsys: pytest.CaptureFixture[str]
) -> None:
    message = {"eventType": "account_parked", "accountId": "a", "occasion": "o", "payload": {}}
    handle(written(wiring, message), wiring)
    assert lines(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    "message",
    [
        {"accountId": "a"},
        {"eventType": "token_low", "accountId": "a", "occasion": "o", "payload": {}},
        {"eventType": "token_low", "accountId": "a", "occasion": "o", "payload": None},
    ],
)
def test_what_is_no_message_never_comes_again(wiring: Wiring, message: dict[str, Any]) -> None:
    with pytest.raises(BadEvent):
        handle(written(wiring, message), wiring)
