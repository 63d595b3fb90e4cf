"""What events add up to, and what an append may hold."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import Conflict, IdempotencyKeyReused, ValidationFailed
from shared.streams import rules
from shared.streams.declared import DECLARED
from shared.streams.models import Append, Draft, Record, State, StoredEvent, Stream
from tests.builders import stored_event

VALUES = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "é", "a@b"]))
DATA = st.dictionaries(st.sampled_from(["pet", "contact", "status", "a", "b"]), VALUES, max_size=4)
TYPES = st.sampled_from(["adoption_requested", "adoption_approved", "adoption_withdrawn", "other"])
KINDS = st.sampled_from(["adoption", "order"])
STREAM = Stream("t", "order-1")


def numbered(told: Sequence[tuple[str, dict[str, Any]]]) -> list[StoredEvent]:
    return [
        stored_event(version=number, event_type=event_type, data=data)
        for number, (event_type, data) in enumerate(told, 1)
    ]


def folded(kind: str, events: Sequence[StoredEvent], start: State | None = None) -> State:
    return rules.fold(start or State(), events, DECLARED.reducer(kind), DECLARED)


EVENTS = st.lists(st.tuples(TYPES, DATA), max_size=12).map(numbered)


@given(KINDS, EVENTS, st.integers(0, 12))
def test_a_rebuild_is_a_snapshot_and_the_tail(
    kind: str, events: list[StoredEvent], at: int
) -> None:
    head = folded(kind, events[:at])
    stored = head._replace(data=orjson.loads(orjson.dumps(dict(head.data))))
    assert folded(kind, events[at:], stored) == folded(kind, events)


@given(KINDS, EVENTS)
def test_old_events_add_up_to_what_their_newest_do(kind: str, events: list[StoredEvent]) -> None:
    newest = [
        event._replace(
            data=DECLARED.upcast(event), schema_version=DECLARED.newest.get(event.event_type, 1)
        )
        for event in events
    ]
    assert folded(kind, newest) == folded(kind, events)


@given(KINDS, EVENTS)
def test_a_fold_changes_nothing_that_it_was_given(kind: str, events: list[StoredEvent]) -> None:
    before = orjson.dumps([event.data for event in events])
    folded(kind, events)
    assert orjson.dumps([event.data for event in events]) == before


@given(st.lists(DATA, max_size=8))
def test_of_an_unknown_type_the_last_writes_count(told: list[dict[str, Any]]) -> None:
    expected: dict[str, Any] = {}
    for data in told:
        expected |= data
    assert folded("order", numbered([("other", data) for data in told])).data == expected


def test_an_adoption_has_the_status_of_its_last_step() -> None:
    steps = ["adoption_requested", "adoption_approved", "note_taken"]
    state = folded("adoption", numbered([(step, {"n": 1}) for step in steps]))
    assert state.data["status"] == "approved"


@given(st.integers(0, 500), st.integers(0, 500))
def test_each_hundredth_version_is_kept_where_it_is_passed(base: int, count: int) -> None:
    events = [stored_event(version=base + n) for n in range(1, count + 1)]
    until = rules.until_snapshot(State(version=base), events)
    kept = {events[until - 1].version} if until else set()
    passed = [e.version for e in events if e.version % rules.SNAPSHOT_EVERY == 0]
    assert kept == set(passed[-1:])


def test_a_state_is_personal_while_any_of_it_can_be_read() -> None:
    shown = stored_event(personal=("email",), data={"email": "a"})
    hidden = rules.withheld(shown)
    assert (hidden.data, hidden.redacted) == ({"email": None}, ("email",))
    states = [folded("order", events) for events in ([shown], [hidden], [shown, hidden])]
    assert [(s.personal, s.redacted) for s in states] == [
        (True, False),
        (False, True),
        (True, True),
    ]


APPEND = Append("key", 0, (Draft("a", {"email": "x", "n": 1}, 1, ("email",)),), "ana")
OTHERS = [
    replace(APPEND, expected_version=1),
    replace(APPEND, subject="eva"),
    replace(APPEND, drafts=()),
    *(
        replace(APPEND, drafts=(APPEND.drafts[0]._replace(**changes),))
        for changes in (
            {"event_type": "b"},
            {"schema_version": 2},
            {"personal": ()},
            {"data": {"email": "x", "n": 2}},
            {"data": {"email": "x", "n": True}},
        )
    ),
]


@pytest.mark.parametrize("other", OTHERS)
def test_another_append_has_another_fingerprint(other: Append) -> None:
    assert rules.fingerprint(STREAM, other) != rules.fingerprint(STREAM, APPEND)


def test_no_fingerprint_tells_of_personal_values() -> None:
    hidden = replace(APPEND, drafts=(APPEND.drafts[0]._replace(data={"email": "y", "n": 1}),))
    assert rules.fingerprint(STREAM, hidden) == rules.fingerprint(STREAM, APPEND)
    assert rules.personal_values(hidden) != rules.personal_values(APPEND)


def test_a_key_is_for_one_append() -> None:
    record = Record(1, "mark", "seal")
    rules.require_same(record, "mark", "seal")
    rules.require_same(record, "mark", None)
    for mark, seal in (("other", "seal"), ("mark", "other"), ("other", None)):
        with pytest.raises(IdempotencyKeyReused):
            rules.require_same(record, mark, seal)


def test_what_cannot_be_appended_is_named() -> None:
    wrong = (Draft("a", {}), Draft("adoption_requested", {}, 4), Draft("a", {}, 1, ("x",)))
    with pytest.raises(ValidationFailed) as refused:
        rules.require_appendable(replace(APPEND, drafts=wrong), DECLARED)
    assert refused.value.members["errors"] == [
        {"pointer": "/events/1/schemaVersion", "code": "unknown_schema_version"},
        {"pointer": "/events/2/personal", "code": "not_in_data"},
    ]


def test_a_stream_keeps_its_subject() -> None:
    rules.require_subject(APPEND, None)
    rules.require_subject(APPEND, "ana")
    with pytest.raises(Conflict):
        rules.require_subject(APPEND, "eva")
