"""Documents in two projects, through the real triggers and the hub's topic."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from google.cloud import firestore

from tests.builders import unique
from tests.e2e.conftest import Client, eventually

Case = firestore.DocumentReference
# Functions keep idle connections for two seconds. A call that meets the end of one is lost locally,
# where Pub/Sub does not try again.
SILENCE_SECONDS = 3
CAPTURED_SECONDS = 11  # how long a new route may take to be captured, and a little more


@pytest.fixture
def cases() -> tuple[Case, Case]:
    """The same case in the app and in the backoffice."""
    name = unique("case")
    app, backoffice = (firestore.Client(project=p) for p in ("demo-app", "demo-bo"))
    return app.collection("cases").document(name), backoffice.collection("cases").document(name)


def content(case: Case) -> dict[str, Any]:
    found = case.get().to_dict() or {}
    return {name: value for name, value in found.items() if name != "_sync"}


def shows(case: Case, **wanted: Any) -> bool | None:
    return True if wanted.items() <= content(case).items() else None


def gone(case: Case) -> bool | None:
    return None if case.get().exists else True


def settled(cases: tuple[Case, Case]) -> dict[str, Any] | None:
    """The content, once both sides are equal and nobody has written for a while."""
    before = [case.get().update_time for case in cases]
    time.sleep(SILENCE_SECONDS)
    silent = before == [case.get().update_time for case in cases]
    left, right = (content(case) for case in cases)
    return left if silent and left == right and left else None


def test_a_case_appears_in_the_other_project_and_an_edit_comes_back(
    cases: tuple[Case, Case],
) -> None:
    app, backoffice = cases
    app.set({"tenantId": "refugio", "name": "Luna", "status": "new"})
    eventually(partial(shows, backoffice, name="Luna", status="new"))
    backoffice.update({"status": "in treatment"})
    eventually(partial(shows, app, name="Luna", status="in treatment"))


def test_a_delete_reaches_the_other_project(cases: tuple[Case, Case]) -> None:
    app, backoffice = cases
    app.set({"tenantId": "refugio", "name": "Luna"})
    eventually(partial(shows, backoffice, name="Luna"))
    backoffice.delete()
    eventually(partial(gone, app))
    time.sleep(SILENCE_SECONDS)
    assert (gone(app), gone(backoffice)) == (True, True)


def test_a_case_edited_on_both_sides_at_once_ends_equal_and_falls_silent(
    cases: tuple[Case, Case],
) -> None:
    app, backoffice = cases
    app.set({"tenantId": "refugio", "name": "Luna", "status": "new", "age": 1})
    eventually(partial(shows, backoffice, name="Luna"))
    app.update({"status": "found", "age": 2})
    backoffice.update({"status": "adopted", "color": "black"})
    end = eventually(partial(settled, cases))
    assert end["status"] in ("found", "adopted")
    assert (end["age"], end["color"]) == (2, "black")


def test_a_case_of_no_tenant_stays_where_it_is(cases: tuple[Case, Case]) -> None:
    app, backoffice = cases
    app.set({"name": "nobody's"})
    time.sleep(SILENCE_SECONDS)
    assert gone(backoffice)


def finished(admin: Client, run_id: str) -> dict[str, Any] | None:
    found: dict[str, Any] = admin.get(f"/sync/routes/cases/runs/{run_id}").json()
    return found if found["status"] == "done" else None


def swept(admin: Client) -> dict[str, Any]:
    answer = admin.post("/sync/routes/cases/verify", {})
    assert answer.status_code == 202
    return eventually(partial(finished, admin, answer.json()["runId"]))


def test_a_run_of_the_sweep_can_be_watched_and_mends_what_its_events_did_not(
    cases: tuple[Case, Case], key_client: Callable[[str], Client]
) -> None:
    app, backoffice = cases
    app.set({"tenantId": "refugio", "name": "Luna"})
    eventually(partial(shows, backoffice, name="Luna"))
    run = swept(key_client("admin"))
    assert run["drift"] == run["mended"] + run["refused"]
    assert run["documents"] >= 1
    assert content(app) == content(backoffice)


def counted(member: Client) -> dict[str, Any] | None:
    found: dict[str, Any] = member.get("/sync/status").json()
    return found if found["changes"] else None


def test_what_was_mirrored_is_counted_soon(
    cases: tuple[Case, Case], key_client: Callable[[str], Client]
) -> None:
    app, backoffice = cases
    app.set({"tenantId": "refugio", "name": "Luna"})
    eventually(partial(shows, backoffice, name="Luna"))
    found = eventually(partial(counted, key_client("refugio-app")))
    assert {item["tenantId"] for item in found["items"]} == {"refugio"}
    assert 0 < found["lagMs"] <= found["maxLagMs"]
    assert (found["pending"], found["oldestPendingSeconds"]) == (0, 0)


def test_a_route_for_another_collection_is_captured_within_ten_seconds(
    key_client: Callable[[str], Client],
) -> None:
    collection, admin = unique("menus"), key_client("admin")
    app, backoffice = (
        firestore.Client(project=project).collection(collection).document("tacos")
        for project in ("demo-app", "demo-bo")
    )
    app.set({"tenantId": "refugio", "price": 1})
    ends = {
        "source": {"project": "demo-app", "collection": collection},
        "target": {"project": "demo-bo", "collection": collection},
    }
    made = admin.post("/sync/routes", ends | {"direction": "both"})
    assert made.status_code == 201
    time.sleep(CAPTURED_SECONDS)
    app.update({"price": 2})
    eventually(partial(shows, backoffice, price=2))
    backoffice.update({"price": 3})
    eventually(partial(shows, app, price=3))
    assert admin.delete(f"/sync/routes/{made.json()['routeId']}").status_code == 204
