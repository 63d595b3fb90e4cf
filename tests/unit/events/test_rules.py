"""Decisions on events: when one is done, and what a repeated key must repeat."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.documents import event_document, event_of
from shared.events.models import Filter
from shared.events.rules import (
    MAX_CONSUMERS,
    MAX_PAYLOAD_BYTES,
    done,
    fingerprint,
    require_small,
    settled,
    undone,
    wanted,
)
from shared.kernel.errors import Conflict, PayloadTooLarge
from tests.builders import NEW_YEAR, event

NAMES = st.sampled_from(["SMP", "ORDERING", "CRM"])


def test_an_event_for_everybody_is_processed_when_anybody_is_done() -> None:
    after = done(event(targets=("*",)), "SMP")
    assert (after.done_by, after.processed) == (("SMP",), True)


def test_an_event_with_targets_is_processed_when_all_of_them_are_done() -> None:
    first = done(event(targets=("SMP", "CRM")), "SMP")
    assert (first.done_by, first.processed) == (("SMP",), False)
    second = done(first, "CRM")
    assert (second.done_by, second.processed) == (("CRM", "SMP"), True)


def test_a_stranger_does_not_make_an_event_processed() -> None:
    assert done(event(targets=("SMP",)), "CRM").processed is False


@given(st.lists(NAMES, min_size=1), st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_repeats_and_order_of_acknowledgements_do_not_matter(
    consumers: list[str], targets: list[str]
) -> None:
    one = other = event(targets=tuple(targets))
    for consumer in consumers:
        one = done(one, consumer)
    for consumer in sorted(set(consumers), reverse=True):
        other = done(other, consumer)
    assert (one.done_by, one.processed) == (other.done_by, other.processed)
    assert one.processed is (set(targets) <= set(consumers))


BASE = event(targets=("SMP", "CRM"), payload={"a": 1, "b": {"c": [1, 2]}})


@pytest.mark.parametrize(
    "changes",
    [
        {"event_id": "other"},
        {"recorded_at": NEW_YEAR.replace(year=2027)},
        {"done_by": ("SMP",)},
        {"processed": True},
        {"targets": ("CRM", "SMP")},
        {"payload": {"b": {"c": [1, 2]}, "a": 1}},
    ],
)
def test_the_same_request_has_the_same_fingerprint(changes: dict[str, Any]) -> None:
    assert fingerprint(event(**vars_of(BASE) | changes)) == fingerprint(BASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"event_type": "other"},
        {"source": "CRM"},
        {"targets": ("SMP",)},
        {"targets": ("*",)},
        {"payload": {"a": 1}},
        {"payload": {"a": 1.0, "b": {"c": [1, 2]}}},
        {"payload": {"a": True, "b": {"c": [1, 2]}}},
        {"payload": {"a": "1", "b": {"c": [1, 2]}}},
        {"payload": {"a": 1, "b": {"c": [2, 1]}}},
        {"tenant_id": "other"},
        {"tenant_id": None},
        {"subject": "s"},
        {"schema_version": 2},
    ],
)
def test_another_request_has_another_fingerprint(changes: dict[str, Any]) -> None:
    assert fingerprint(event(**vars_of(BASE) | changes)) != fingerprint(BASE)


def vars_of(thing: object) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in type(thing).__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        (Filter("t"), True),
        (Filter("t", processed=False), True),
        (Filter("t", processed=True), False),
        (Filter("t", target="SMP", processed=True), True),
        (Filter("t", target="SMP", processed=False), False),
        (Filter("t", target="CRM", processed=True), False),
        (Filter("t", target="CRM", processed=False), True),
        (Filter("t", target="CRM"), True),
    ],
)
def test_processed_means_by_the_target_where_one_is_named(filter_: Filter, found: bool) -> None:
    half_done = done(event(targets=("SMP", "CRM")), "SMP")
    assert wanted(half_done, filter_) is found


def test_an_event_has_a_bounded_number_of_consumers() -> None:
    full = event(done_by=tuple(f"C{n:02}" for n in range(MAX_CONSUMERS)))
    assert set(done(full, "C01").done_by) == set(full.done_by)
    with pytest.raises(Conflict):
        done(full, "another")


def test_what_is_undone_is_as_before() -> None:
    first = done(event(targets=("SMP", "CRM")), "SMP")
    assert replace(undone(done(first, "CRM"), "CRM", "r"), replays={}) == first
    for_all = event()
    assert undone(done(for_all, "SMP"), "SMP", "r") == replace(for_all, replays={"SMP": "r"})


AGES = st.lists(st.integers(0, 30), max_size=12).map(lambda ages: sorted(ages, reverse=True))


@given(AGES, st.sets(st.integers(0, 11)))
def test_a_position_passes_nothing_that_is_open_or_may_be_preceded(
    ages: list[int], open_: set[int]
) -> None:
    scanned = [event(recorded_at=NEW_YEAR - timedelta(seconds=age)) for age in ages]
    left = {scanned[n].event_id for n in open_ if n < len(scanned)}
    passed = settled(scanned, lambda e: e.event_id not in left, NEW_YEAR)
    assert all(age >= 10 for age in ages[:passed])
    assert not left & {e.event_id for e in scanned[:passed]}
    if passed < len(ages):
        assert ages[passed] < 10 or scanned[passed].event_id in left


def test_a_payload_has_the_size_of_a_request_at_most() -> None:
    room = MAX_PAYLOAD_BYTES - len('{"text":""}')
    require_small(event(payload={"text": "x" * room}))
    for text in ("x" * (room + 1), "é" * (room // 2 + 1)):
        with pytest.raises(PayloadTooLarge):
            require_small(event(payload={"text": text}))


def test_a_payload_weighs_what_it_weighed_in_its_request() -> None:
    require_small(event(payload={"n": [1] * (MAX_PAYLOAD_BYTES // 2 - 4)}))


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.binary(max_size=3)
NESTED = ANYTHING | st.lists(ANYTHING, max_size=3) | st.dictionaries(st.text(), ANYTHING)
MEMBERS = st.sampled_from([*event_document(BASE), "replays"])


@given(st.dictionaries(MEMBERS, NESTED))
def test_whatever_stands_in_a_document_is_read(row: dict[str, Any]) -> None:
    found = event_of("e", row)
    assert found.targets
    assert found.payload == (row["payload"] if isinstance(row.get("payload"), dict) else {})
    assert isinstance(done(found, "SMP").done_by, tuple)
