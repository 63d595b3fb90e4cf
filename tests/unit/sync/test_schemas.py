"""Old documents, as they were once written, mean what they always meant; and so do their marks."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.events.cloud.firestore import Value
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.values import plain
from shared.sync.contents import content_of
from shared.sync.declared import DECLARED, schema_named
from shared.sync.lattice import front_of, merge
from shared.sync.marks import awaited, marks_of, replica_at
from shared.sync.models import Cell, Fields, Marks, Replica, Version
from shared.sync.refusals import Refused
from shared.sync.registers import encoded
from shared.sync.schemas import SCHEMA_VERSION, From, Schema, schemas
from shared.sync.scopes import Reading, Scope, scope_of

GOLDEN = Path(__file__).with_name("golden")
OLD = [(name, n) for name, schema in DECLARED.items() for n in range(1, schema.newest)]
STAMPS = [f"{moment:016x}0000-{node}" for moment in range(1, 9) for node in "ab"]


def scope_for(schema: Schema | None) -> Scope:
    digest = Reading("tenantId", None, frozenset(), schema.name if schema else "").digest
    return Scope(digest=digest, schema=schema)


def stored(document: dict[str, Any]) -> Fields:
    return {name: encoded(value) for name, value in document.items()}


def told(fields: Fields) -> dict[str, Any]:
    return {name: plain(Value.pb().FromString(value)) for name, value in fields.items()}


def version(**document: Any) -> Version:
    return Version(stored(document), None, 1_000, 1_000)


def golden(name: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}.{number}.json").read_text())
    return found


def content(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != SCHEMA_VERSION}


@pytest.mark.parametrize(("name", "number"), OLD)
def test_an_old_document_becomes_the_newest(name: str, number: int) -> None:
    recorded, newest = golden(name, number), golden(name, DECLARED[name].newest)
    seen = scope_for(DECLARED[name]).visible(version(**recorded))
    assert told(seen.fields) == content(newest)
    upgraded = {**stored(recorded), **(seen.upgrade or {})}
    assert told({n: value for n, value in upgraded.items() if value is not None}) == newest


@pytest.mark.parametrize(("name", "number"), OLD)
def test_each_step_leads_to_the_next_version(name: str, number: int) -> None:
    found = DECLARED[name].upcast(stored(golden(name, number)), number, number + 1)
    assert content(told(found)) == content(golden(name, number + 1))


@pytest.mark.parametrize(("name", "number"), OLD)
def test_an_upcaster_takes_what_is_missing_null_or_upcast_already(name: str, number: int) -> None:
    document, schema = golden(name, number), DECLARED[name]
    for field in document:
        schema.upcast(stored({**document, field: None}), number, schema.newest)
        without = {other: value for other, value in document.items() if other != field}
        schema.upcast(stored(without), number, schema.newest)
    newest = stored(golden(name, schema.newest))
    assert schema.upcast(newest, number, schema.newest) == newest


def test_what_an_upcast_changes_is_known_and_what_is_upcast_stays_as_it_is() -> None:
    scope = scope_for(DECLARED["case"])
    seen = scope.visible(version(tenantId="t", name="Luna", pet="7"))
    assert seen.upgrade == {"pet": None, "petId": encoded("7"), SCHEMA_VERSION: encoded(3)}
    assert scope.visible(seen) == seen
    assert scope.visible(version(tenantId="t", schemaVersion=3)).upgrade == {}


@pytest.mark.parametrize("number", [0, 4, -1, 2.0, True, "2", None, {}])
def test_a_version_that_nobody_knows_is_refused(number: Any) -> None:
    with pytest.raises(Refused, match="UNKNOWN_SCHEMA_VERSION"):
        scope_for(DECLARED["case"]).visible(version(tenantId="t", schemaVersion=number))


def test_marks_of_a_version_that_nobody_knows_are_refused() -> None:
    newer = replace(version(tenantId="t"), marks=Marks(schema=4))
    assert not scope_for(DECLARED["case"]).reads(newer)


def test_of_a_schema_of_tomorrow_the_first_version_is_known() -> None:
    scope = scope_for(schema_named("tomorrow"))
    assert scope.reads(version(tenantId="t"))
    assert not scope.reads(version(tenantId="t", schemaVersion=2))


def test_an_upcaster_that_fails_loses_nothing() -> None:
    failing = Schema("x", [{"y": From("x", by=lambda value: 1 // value)}])
    with pytest.raises(Refused, match="UPCAST_FAILED"):
        scope_for(failing).visible(version(x=0))


def test_what_stands_under_its_new_name_is_of_a_newer_writer() -> None:
    seen = scope_for(DECLARED["case"]).visible(version(pet="old", petId="new"))
    assert told(seen.fields)["petId"] == "new"
    assert "pet" not in seen.fields


def test_what_does_not_travel_does_not_travel_under_another_name_either() -> None:
    reading = Reading("tenantId", None, frozenset({("pet", "off")}), "case")
    seen = scope_of(reading, str).visible(version(tenantId="t", pet="secret"))
    assert not {"pet", "petId"} & seen.fields.keys()
    assert seen.upgrade
    assert seen.upgrade["petId"] == encoded("secret")


@pytest.mark.parametrize(
    "upcasters",
    [
        {("a", 2): {}},
        {("a", 1): {}, ("a", 3): {}},
        {("a", 1): {"x": From("y"), "y": From("z")}},
        {("a", 1): {SCHEMA_VERSION: From("y")}},
    ],
)
def test_upcasters_that_cannot_follow_each_other_are_no_schemas(upcasters: Any) -> None:
    with pytest.raises(ValueError, match=r"No upcaster of a|cannot be made"):
        schemas(upcasters)


CASE = scope_for(DECLARED["case"])
PLAIN = ("pet", "contact", "open", "tenantId")


def value_of(stamp: str) -> bytes | None:
    """One stamp stands for one value, or for a removal."""
    return None if stamp.endswith("3-b") else encoded(f"{stamp}@example.org")


CELLS = st.tuples(st.sampled_from(STAMPS), st.sampled_from(STAMPS)).map(
    lambda two: Cell(min(two), max(two), value_of(min(two)))
)
FRONTS = st.lists(CELLS, min_size=1, max_size=3).map(front_of)
REPLICAS = st.builds(
    Replica,
    st.dictionaries(st.sampled_from(PLAIN), FRONTS, min_size=1),
    st.just("") | st.sampled_from(STAMPS),
).map(lambda replica: merge(replica, Replica()))


def as_stored(replica: Replica) -> Version:
    """As the engine leaves it where the schema's first version is the newest."""
    shown = {name: front[0].value for name, front in replica.cells.items()}
    fields = {name: value for name, value in shown.items() if value is not None}
    marks = replace(marks_of(replica, fields, 0), scope=CASE.digest)
    return Version(fields, marks, 1_000, 1_000)


def upcast(replica: Replica) -> Replica:
    return replica_at(CASE.visible(as_stored(replica)), CASE)


@given(REPLICAS, REPLICAS)
def test_it_makes_no_difference_whether_one_merges_before_or_after(
    one: Replica, other: Replica
) -> None:
    assert merge(upcast(one), upcast(other)) == upcast(merge(one, other))


@given(REPLICAS)
def test_an_upcast_takes_nothing_for_a_users_edit(replica: Replica) -> None:
    seen = CASE.visible(as_stored(replica))
    assert awaited(seen) == 0
    assert seen.marks
    assert seen.marks.content == content_of(seen.fields)


@given(REPLICAS)
def test_a_users_edit_is_awaited_though_it_is_upcast(replica: Replica) -> None:
    before = as_stored(replica)
    edited = replace(before, fields={**before.fields, "note": encoded("new")}, updated=2_000)
    assert awaited(CASE.visible(edited)) == 2_000
