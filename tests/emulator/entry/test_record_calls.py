"""Conflicts and dead letters over HTTP: seen by their own, taken back and tried again once."""

from collections.abc import Callable
from typing import Any

import pytest
from google.cloud import firestore

from shared.kernel.clock import utc_now
from shared.kernel.pages import encode_cursor
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.emulator.sync.conftest import event_of

SYNC = "/api/v1/sync"
APP, BO = "demo-app", "demo-bo"


class Case:
    """A document on a route of its own, and the events of its users."""

    def __init__(self, wiring: Wiring, tenant: str, admin: Client, **route: Any) -> None:
        self.wiring, self.tenant = wiring, tenant
        self.collection, self.name = unique("c"), unique("d")
        ends = {"source": APP, "target": BO}
        wanted: dict[str, Any] = {
            side: {"project": project, "collection": self.collection}
            for side, project in ends.items()
        }
        made = admin.send("POST", f"{SYNC}/routes", wanted | {"direction": "both"} | route)
        assert made.status_code == 201

    def reference(self, project: str) -> firestore.DocumentReference:
        client = self.wiring.firestore(project)
        return client.collection(self.collection).document(self.name)

    def raw(self, project: str) -> Any:
        found = self.reference(project).get()
        return _protobuf(found) if found.exists else None

    def write(self, project: str, **fields: Any) -> Any:
        """What a user writes, and the event of it."""
        before = self.raw(project)
        self.reference(project).set({"tenantId": self.tenant, **fields}, merge=True)
        return event_of(before, self.raw(project))

    def delete(self, project: str) -> Any:
        """What a user deletes, and the event of it."""
        before = self.raw(project)
        self.reference(project).delete()
        return event_of(before, None)._replace(time=utc_now())

    def tell(self, *events: Any) -> None:
        for event in events:
            self.wiring.mirror.apply(event.data, unique("event"), event.time)

    def values(self, field: str) -> list[Any]:
        found = [self.reference(project).get().to_dict() or {} for project in (APP, BO)]
        return [document.get(field) for document in found]


def _protobuf(snapshot: Any) -> Any:
    from google.cloud.firestore_v1 import _helpers, types

    name = snapshot.reference._document_path
    document = types.Document.pb(types.Document(name=name))
    for field, value in _helpers.encode_dict(snapshot.to_dict()).items():
        document.fields[field].CopyFrom(types.Value.pb(value))
    document.create_time.FromNanoseconds(_ns(snapshot.create_time))
    document.update_time.FromNanoseconds(_ns(snapshot.update_time))
    return document


def _ns(moment: Any) -> int:
    moved: int = round(moment.timestamp() * 1_000_000)
    return moved * 1_000


@pytest.fixture
def admin(with_key: Callable[[str, str | None], Client]) -> Client:
    return with_key("sync", None)


@pytest.fixture
def member(with_key: Callable[[str, str | None], Client], tenant: str) -> Client:
    return with_key("sync", tenant)


@pytest.fixture
def case(wiring: Wiring, tenant: str, admin: Client) -> Case:
    return Case(wiring, tenant, admin)


def in_conflict(case: Case) -> Case:
    case.tell(case.write(APP, status="new"))
    case.tell(case.write(APP, status="found"), case.write(BO, status="adopted"))
    return case


def listed(client: Client, **headers: str) -> list[dict[str, Any]]:
    page = client.send("GET", f"{SYNC}/conflicts", **headers)
    assert page.status_code == 200
    assert page.json
    items: list[dict[str, Any]] = page.json["items"]
    return items


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
    case: Case, member: Client, admin: Client, with_key: Callable[[str, str | None], Client]
) -> None:
    in_conflict(case)
    [conflict] = listed(member)
    stranger = with_key("sync", unique("tenant"))
    assert listed(stranger) == []
    path = f"{SYNC}/conflicts/{conflict['conflictId']}/revert"
    assert stranger.send("POST", path, {}).status_code == 404
    assert conflict in listed(admin)
    assert stranger.send("POST", f"{SYNC}/conflicts/none/revert", {}).status_code == 404


def test_what_the_owner_did_not_write_is_set_back_and_noted(
    wiring: Wiring, tenant: str, admin: Client, member: Client
) -> None:
    policies = {"policies": {"status": "owner(demo-app)"}, "direction": "oneWay"}
    case = Case(wiring, tenant, admin, **policies)
    case.tell(case.write(APP, status="new"))
    case.tell(case.write(BO, status="mine"))
    assert case.values("status") == ["new", "new"]
    [conflict] = listed(member)
    assert (conflict["policy"], conflict["loser"]["value"]) == ("owner(demo-app)", "mine")
    before = case.raw(APP)
    member.send("POST", f"{SYNC}/conflicts/{conflict['conflictId']}/revert", {})
    case.tell(event_of(before, case.raw(APP)))
    assert case.values("status") == ["mine", "mine"]


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
    wiring: Wiring, tenant: str, admin: Client, member: Client
) -> None:
    case = Case(wiring, tenant, admin, policies={"views": "counter", "tags": "union"})
    case.tell(case.write(APP, views=1, tags=["a"]))
    counted = case.write(BO, views=5, tags=["a", "b"])
    case.tell(counted, case.delete(APP))
    assert case.values("views") == [None, None]
    assert {one["field"]: one["loser"]["value"] for one in listed(member)} == {
        "views": 5,
        "tags": ["a", "b"],
    }


def test_a_list_that_lost_an_element_is_told_as_a_list(
    wiring: Wiring, tenant: str, admin: Client, member: Client
) -> None:
    case = Case(wiring, tenant, admin, policies={"tags": "union"})
    case.tell(case.write(APP, tags=["a", "b"]))
    removed = case.write(BO, tags=["a"])
    case.tell(case.write(APP, tags=["a"]), case.write(APP, tags=["a", "b"]), removed)
    [conflict] = listed(member)
    assert (conflict["winner"]["value"], conflict["loser"]["value"]) == (["a", "b"], ["a"])


def test_one_batch_that_loses_in_two_collections_is_noted_twice(
    wiring: Wiring, tenant: str, admin: Client, member: Client
) -> None:
    cases = [Case(wiring, tenant, admin) for _ in range(2)]
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


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("routes", []),
        *(("conflicts", p) for p in ([], ["x", "y"], ["2026-01-01T00:00:00+00:00", "a/b"])),
        *(("dead-letters", p) for p in ([], ["x", "y"], ["2026-01-01T00:00:00", "a"])),
    ],
)
def test_a_cursor_that_nobody_was_given_is_refused(
    admin: Client, path: str, position: list[str]
) -> None:
    scope = {"conflicts": "conflicts:", "dead-letters": "sync_dead_letters:"}
    cursor = encode_cursor(scope.get(path, "sync-routes"), *position)
    assert admin.send("GET", f"{SYNC}/{path}?cursor={cursor}").status_code == 400


def test_a_dead_letter_is_tried_again_and_gone_once_it_succeeds(
    case: Case, admin: Client, member: Client
) -> None:
    case.reference(BO).set({"tenantId": "other"})
    case.tell(case.write(APP, status="new"))
    letters = admin.send("GET", f"{SYNC}/dead-letters").json
    assert letters
    [letter] = [one for one in letters["items"] if one["path"].endswith(case.name)]
    assert (letter["cause"], letter["project"], letter["peer"]) == ("TENANT_MISMATCH", APP, BO)
    path = f"{SYNC}/dead-letters/{letter['deadLetterId']}/retry"
    assert admin.send("POST", path, {}).json == {"resolved": False}
    case.reference(BO).delete()
    assert admin.send("POST", path, {}).json == {"resolved": True}
    assert case.values("status") == ["new", "new"]
    assert admin.send("POST", path, {}).status_code == 404
    assert member.send("GET", f"{SYNC}/dead-letters").status_code == 403


def test_a_change_of_an_unregistered_project_is_refused(case: Case, wiring: Wiring) -> None:
    event = case.write(APP, status="new")
    strange = event.data.replace(b"demo-app", b"demo-xyz")
    wiring.mirror.apply(strange, unique("event"), utc_now())
    assert case.values("status") == ["new", None]
