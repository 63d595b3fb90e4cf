"""What conflicts tell of sets, counts and batches, and that no other tenant is written."""

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.cases import APP, BO, SYNC, Case, in_conflict, listed
from tests.emulator.entry.clients import Client
from tests.emulator.sync.conftest import event_of


def test_a_document_that_another_tenant_made_anew_is_not_written(
    case: Case, member: Client
) -> None:
    in_conflict(case)
    [conflict] = listed(member)
    theirs = {"tenantId": unique("other"), "status": "theirs"}
    case.reference(APP).set(theirs)
    answer = member.send("POST", f"{SYNC}/conflicts/{conflict['conflictId']}/revert", {})
    assert (answer.status_code, case.reference(APP).get().to_dict()) == (409, theirs)


def test_a_count_that_is_deleted_unseen_is_told_as_the_number_it_was(
    wiring: Wiring, tenant: str, operator: Client, member: Client
) -> None:
    case = Case(wiring, tenant, operator, policies={"views": "counter", "tags": "union"})
    case.tell(case.write(APP, views=1, tags=["a"]))
    counted = case.write(BO, views=5, tags=["a", "b"])
    case.tell(counted, case.delete(APP))
    assert case.values("views") == [None, None]
    assert {one["field"]: one["loser"]["value"] for one in listed(member)} == {
        "views": 5,
        "tags": ["a", "b"],
    }


def test_a_list_that_lost_an_element_is_told_as_a_list(
    wiring: Wiring, tenant: str, operator: Client, member: Client
) -> None:
    case = Case(wiring, tenant, operator, policies={"tags": "union"})
    case.tell(case.write(APP, tags=["a", "b"]))
    removed = case.write(BO, tags=["a"])
    case.tell(case.write(APP, tags=["a"]), case.write(APP, tags=["a", "b"]), removed)
    [conflict] = listed(member)
    assert (conflict["winner"]["value"], conflict["loser"]["value"]) == (["a", "b"], ["a"])


def test_one_batch_that_loses_in_two_collections_is_noted_twice(
    wiring: Wiring, tenant: str, operator: Client, member: Client
) -> None:
    cases = [Case(wiring, tenant, operator) for _ in range(2)]
    cases[1].name = cases[0].name
    for case in cases:
        case.tell(case.write(APP, status="new"))
    before = [case.raw(APP) for case in cases]
    batch = wiring.firestore(APP).batch()
    for case in cases:
        batch.update(case.reference(APP), {"status": "found"})
    batch.commit()
    for case, old in zip(cases, before, strict=True):
        case.tell(event_of(old, case.raw(APP)), case.write(BO, status="adopted"))
    assert len(listed(member)) == 2
