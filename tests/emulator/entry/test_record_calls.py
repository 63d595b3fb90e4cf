"""Conflicts and dead letters over HTTP: seen by their own, taken back and tried again once."""

import pytest

from shared.kernel.clock import utc_now
from shared.kernel.pages import encode_cursor
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.cases import APP, BO, SYNC, Case, in_conflict, listed
from tests.emulator.entry.clients import Client, WithKey
from tests.emulator.sync.conftest import event_of


def test_a_conflict_tells_both_values_and_is_taken_back_once(case: Case, member: Client) -> None:
    in_conflict(case)
    assert case.values("status") == ["adopted", "adopted"]
    [conflict] = listed(member)
    assert (conflict["field"], conflict["policy"], conflict["tenantId"]) == (
        "status",
        "lww",
        case.tenant,
    )
    assert (conflict["winner"]["value"], conflict["loser"]["value"]) == ("adopted", "found")
    assert (conflict["winner"]["project"], conflict["loser"]["project"]) == (BO, APP)
    path = f"{SYNC}/conflicts/{conflict['conflictId']}/revert"
    before = case.raw(APP)
    first = member.send("POST", path, {})
    assert first.status_code == 200
    after = case.raw(APP)
    assert member.send("POST", path, {}).json == first.json
    assert case.raw(APP) == after
    case.tell(event_of(before, after))
    assert case.values("status") == ["found", "found"]
    assert len(listed(member)) == 1


def test_where_nobody_disagrees_there_is_no_conflict(case: Case, member: Client) -> None:
    case.tell(case.write(APP, status="new"))
    case.tell(case.write(BO, status="found"))
    case.tell(case.write(APP, status="adopted"))
    assert listed(member) == []


def test_a_conflict_is_seen_by_its_tenant_and_the_platform_alone(
    case: Case, member: Client, operator: Client, with_key: WithKey
) -> None:
    in_conflict(case)
    [conflict] = listed(member)
    stranger = with_key("sync", unique("tenant"))
    assert listed(stranger) == []
    path = f"{SYNC}/conflicts/{conflict['conflictId']}/revert"
    assert stranger.send("POST", path, {}).status_code == 404
    assert conflict in listed(operator)
    assert stranger.send("POST", f"{SYNC}/conflicts/none/revert", {}).status_code == 404


def test_what_the_owner_did_not_write_is_set_back_and_noted(
    wiring: Wiring, tenant: str, operator: Client, member: Client
) -> None:
    policies = {"policies": {"status": "owner(demo-app)"}, "direction": "oneWay"}
    case = Case(wiring, tenant, operator, **policies)
    case.tell(case.write(APP, status="new"))
    case.tell(case.write(BO, status="mine"))
    assert case.values("status") == ["new", "new"]
    [conflict] = listed(member)
    assert (conflict["policy"], conflict["loser"]["value"]) == ("owner(demo-app)", "mine")
    before = case.raw(APP)
    member.send("POST", f"{SYNC}/conflicts/{conflict['conflictId']}/revert", {})
    case.tell(event_of(before, case.raw(APP)))
    assert case.values("status") == ["mine", "mine"]


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("routes", []),
        *(("conflicts", p) for p in ([], ["x", "y"], ["2026-01-01T00:00:00+00:00", "a/b"])),
        *(("dead-letters", p) for p in ([], ["x", "y"], ["2026-01-01T00:00:00", "a"])),
    ],
)
def test_a_cursor_that_nobody_was_given_is_refused(
    operator: Client, path: str, position: list[str]
) -> None:
    scope = {"conflicts": "conflicts:", "dead-letters": "sync_dead_letters:"}
    cursor = encode_cursor(scope.get(path, "sync-routes"), *position)
    assert operator.send("GET", f"{SYNC}/{path}?cursor={cursor}").status_code == 400


def test_a_dead_letter_is_tried_again_and_gone_once_it_succeeds(
    case: Case, operator: Client, member: Client
) -> None:
    case.reference(BO).set({"tenantId": "other"})
    case.tell(case.write(APP, status="new"))
    letters = operator.send("GET", f"{SYNC}/dead-letters").json
    assert letters
    [letter] = [one for one in letters["items"] if one["path"].endswith(case.name)]
    assert (letter["cause"], letter["project"], letter["peer"]) == ("TENANT_MISMATCH", APP, BO)
    path = f"{SYNC}/dead-letters/{letter['deadLetterId']}/retry"
    assert operator.send("POST", path, {}).json == {"resolved": False}
    case.reference(BO).delete()
    assert operator.send("POST", path, {}).json == {"resolved": True}
    assert case.values("status") == ["new", "new"]
    assert operator.send("POST", path, {}).status_code == 404
    assert member.send("GET", f"{SYNC}/dead-letters").status_code == 403


def test_a_change_of_an_unregistered_project_is_refused(case: Case, wiring: Wiring) -> None:
    event = case.write(APP, status="new")
    strange = event.data.replace(b"demo-app", b"demo-xyz")
    wiring.mirror.apply(strange, unique("event"), utc_now())
    assert case.values("status") == ["new", None]
