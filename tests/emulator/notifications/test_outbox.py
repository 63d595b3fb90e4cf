"""From an account that runs low to what its holder is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.events.cloud.firestore import DocumentEventData

from functions.notifications.firestore import notify_outbox
from shared.entry.deliveries import BadEvent
from shared.platform.documents import DocumentChange, read_change
from shared.platform.wire import Wire
from shared.tokens.commands import Deduct
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.told import messages_of

Person = Callable[..., str]
handle: Callable[[DocumentChange, Wiring], None] = notify_outbox.__wrapped__  # type: ignore[attr-defined]  # functools.wraps


def written(wiring: Wiring, **document: Any) -> DocumentChange:
    """A document of the outbox as the trigger brings it."""
    write = Wire(wiring.hub).setting(f"outbox/{unique('messages')}", document)
    event = DocumentEventData.pb()(value=write["update"])
    change = read_change(event.SerializeToString(), "event", datetime.now(UTC))
    assert change
    return change


def lines(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    return [line for line in found if line["message"] == "notification"]


def test_whoever_runs_out_is_told_on_every_channel_once(
    wiring: Wiring, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    user_id = person(pushTokens=["device"])
    opening = wiring.tokens.free(lambda _: None)
    wiring.tokens.deduct(user_id, Deduct("all", 100), opening)
    change = written(wiring, messages=messages_of(wiring.hub, user_id))
    for _ in range(2):
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
    handle(written(wiring, messages=[message]), wiring)
    assert lines(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    "message",
    [
        "text",
        {"accountId": "a"},
        {"eventType": "token_low", "accountId": "a", "occasion": "o", "payload": {}},
        {"eventType": "token_low", "accountId": "a", "occasion": "o", "payload": None},
    ],
)
def test_what_is_no_message_never_comes_again_and_keeps_no_other(
    wiring: Wiring, person: Person, message: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    user_id = person()
    wiring.tokens.deduct(user_id, Deduct("most", 90), wiring.tokens.free(lambda _: None))
    (good,) = messages_of(wiring.hub, user_id)
    with pytest.raises(BadEvent):
        handle(written(wiring, messages=[message, good]), wiring)
    assert [line["to"] for line in lines(capsys.readouterr().out)] == [f"{user_id}@example.org"]


@pytest.mark.parametrize("document", [{}, {"messages": None}, {"messages": {"accountId": "a"}}])
def test_a_document_without_messages_is_a_bad_event(
    wiring: Wiring, document: dict[str, Any]
) -> None:
    with pytest.raises(BadEvent):
        handle(written(wiring, **document), wiring)
