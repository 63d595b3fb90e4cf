"""Documents of several versions on a real store: upcast on their way, and kept where unknown."""

from typing import Any

import pytest
from google.cloud import firestore

from scripts.suite.counting import costing
from shared.kernel.clock import utc_now
from shared.kernel.errors import Conflict
from shared.sync.declared import DECLARED
from shared.sync.records import Records
from shared.sync.redrive import Redrive
from shared.sync.refusals import DeadLetter
from shared.sync.reverting import Reverting
from shared.sync.schemas import Schema
from shared.sync.scopes import Reading, Scope
from shared.sync.service import Mirror
from tests.builders import unique
from tests.emulator.sync.conftest import Pair
from tests.emulator.sync.routes import Lossy

OLD = {"name": "Luna", "pet": "pet-7", "contact": "ana@example.org", "open": True}
NEW = {
    "name": "Luna",
    "petId": "pet-7",
    "contact": {"email": "ana@example.org"},
    "status": "open",
    "schemaVersion": 3,
}


def deploy(pair: Pair, schema: Schema) -> None:
    """From now on the engine knows these versions."""
    digest = Reading("tenantId", None, frozenset(), schema.name).digest
    pair.scope = Scope(digest=digest, schema=schema)


@pytest.fixture
def case(pair: Pair) -> Pair:
    deploy(pair, DECLARED["case"])
    return pair


@pytest.fixture
def records() -> Records:
    return Records(firestore.Client(unique("demo-hub")), utc_now)


def test_an_old_document_is_the_newest_on_both_sides(case: Pair) -> None:
    case.put(case.left, **OLD)
    case.settle()
    assert case.both() == NEW


def test_it_costs_what_any_other_does(case: Pair) -> None:
    case.put(case.left, **OLD)
    case.settle()
    case.put(case.left, **OLD | {"pet": "pet-8"})
    with costing(case.costs) as spent:
        case.settle()
    assert case.both() == NEW | {"petId": "pet-8"}
    assert (spent.as_tuple()[2], case.letters) == (2, [])


def test_an_old_product_and_a_new_one_edit_at_once_and_both_edits_stay(case: Pair) -> None:
    case.put(case.left, **OLD)
    case.settle()
    case.put(case.left, **OLD | {"contact": "+1 555"})
    case.update(case.right, status="closed")
    case.settle()
    assert case.both() == NEW | {"contact": {"phone": "+1 555"}, "status": "closed"}


def test_a_document_of_before_is_upcast_with_its_next_edit_and_not_before(pair: Pair) -> None:
    deploy(pair, Schema("case"))
    pair.put(pair.left, **OLD)
    told = list(pair.events)
    pair.settle()
    deploy(pair, DECLARED["case"])
    for event in told:
        pair.tell(event)
    assert pair.both() == OLD | {"schemaVersion": 1}
    pair.update(pair.right, name="Sol")
    pair.settle()
    assert pair.both() == NEW | {"name": "Sol"}


def test_a_version_of_tomorrow_is_kept_and_goes_well_once_it_is_known(
    pair: Pair, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair, "keep", records.keep)
    deploy(pair, Schema("case"))
    pair.put(pair.left, **NEW)
    pair.settle()
    [letter] = records.letters(10, None).items
    assert (letter.row["cause"], letter.row["tenantId"]) == ("UNKNOWN_SCHEMA_VERSION", "t")
    redrive = Redrive(records, lambda keeping: Mirror(pair.replicas, pair, keeping, pair.settings))
    assert not redrive.retry(letter.name)
    assert pair.content(pair.right) is None
    deploy(pair, DECLARED["case"])
    assert redrive.retry(letter.name)
    assert pair.both() == NEW
    assert records.letters(10, None).items == []


@pytest.mark.parametrize("number", [4, 0, "3", 3.0, None])
def test_neither_side_is_touched_where_the_other_names_no_version(case: Pair, number: Any) -> None:
    case.put(case.left, **NEW)
    case.settle()
    case.update(case.right, schemaVersion=number)
    case.update(case.left, status="closed")
    case.settle()
    assert case.content(case.left) == NEW | {"status": "closed"}
    assert case.content(case.right) == NEW | {"schemaVersion": number}
    assert {letter.cause for letter in case.letters} == {"UNKNOWN_SCHEMA_VERSION"}
    assert {letter.peer for letter in case.letters} == {"", case.right}


@pytest.fixture
def lossy() -> Lossy:
    found = Lossy()
    found.hub.document("sync_routes/route").update({"schema": "case"})
    found.route = found.route.model_copy(update={"schema_name": "case"})
    return found


def test_a_run_keeps_what_it_does_not_know_and_mends_it_once_it_does(lossy: Lossy) -> None:
    lossy.drop = 1
    for name, number in (("known", 3), ("unknown", 4)):
        lossy.put(lossy.left, name, petId="pet-7", schemaVersion=number)
        lossy.put(lossy.right, f"{name}-too", petId="pet-7", schemaVersion=number)
    assert [lossy.swept().total for _ in range(2)] == [(4, 2, 2), (4, 0, 2)]
    assert {_told(letter) for letter in lossy.letters} == {
        ("UNKNOWN_SCHEMA_VERSION", lossy.left, "cases/unknown"),
        ("UNKNOWN_SCHEMA_VERSION", lossy.right, "cases/unknown-too"),
    }
    lossy.update(lossy.left, "unknown", schemaVersion=3)
    lossy.update(lossy.right, "unknown-too", schemaVersion=3)
    assert lossy.swept().total == (4, 2, 0)
    assert set(lossy.both()) == {"known", "known-too", "unknown", "unknown-too"}


def test_a_run_writes_no_old_document_that_both_sides_know_alike(
    lossy: Lossy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before_the_deploy:
        before_the_deploy.setitem(dict_of(DECLARED), "case", Schema("case"))
        lossy.put(lossy.left, "d", pet="pet-7", open=True)
        lossy.drop = 1
        lossy.put(lossy.left, "edited", pet="pet-8")
        lossy.swept()
    stored = lossy.versions()
    assert lossy.swept().total == (2, 0, 0)
    assert lossy.versions() == stored
    lossy.update(lossy.left, "edited", pet="pet-9")
    assert lossy.swept().total == (2, 1, 0)
    assert lossy.both() == {
        "d": {"pet": "pet-7", "open": True, "schemaVersion": 1},
        "edited": {"petId": "pet-9", "schemaVersion": 3},
    }


def dict_of(schemas: Any) -> dict[str, Schema]:
    assert isinstance(schemas, dict)
    return schemas


def test_a_letter_that_a_run_left_is_not_taken_for_told(pair: Pair, records: Records) -> None:
    records.keep(DeadLetter("UNKNOWN_SCHEMA_VERSION", "e", "demo-left", "cases/1", at=utc_now()))
    [letter] = records.letters(10, None).items
    with pytest.raises(Conflict, match="run"):
        Redrive(records, lambda _: pair.mirror).retry(letter.name)


def test_a_conflict_is_not_taken_back_into_another_version(case: Pair, records: Records) -> None:
    case.put(case.left, **OLD)
    case.settle()
    case.update(case.left, status="lost")
    case.update(case.right, status="closed")
    case.settle()
    [overruled] = {one.loss.loser.stamp: one for one in case.overruled}.values()
    records.note(overruled)
    [conflict] = records.conflicts(None, 10, None).items
    reverting = Reverting(case.replicas, records, case.settings)
    case.put(case.left, **OLD)
    with pytest.raises(Conflict, match="schema"):
        reverting.revert(conflict.name, conflict.row, "somebody")
    case.settle()
    assert "revertedAt" in reverting.revert(conflict.name, conflict.row, "somebody")


def _told(letter: DeadLetter) -> tuple[str, str, str]:
    return letter.cause, letter.project, letter.path
