"""Streams of events through the gateway: appended once, refused when stale, folded, erased."""

from collections.abc import Callable
from typing import Any

from tests.builders import unique
from tests.e2e.conftest import Client


def requested(**changes: Any) -> dict[str, Any]:
    """An adoption as an app of the first days tells of it."""
    data = {"pet": "luna", "contact": "ana@example.org"}
    told = {"eventType": "adoption_requested", "data": data, "schemaVersion": 1}
    return {"expectedVersion": 0, "events": [told | {"personal": ["contact"]}], **changes}


def test_an_adoption_from_its_request_to_its_erasure(key_client: Callable[[str], Client]) -> None:
    app, stream, key = key_client("refugio-app"), unique("adoption"), unique("key")
    path = f"/ecosystem/streams/{stream}"
    first = app.post(f"{path}/events", requested(), key)
    again = app.post(f"{path}/events", requested(), key)
    assert (first.status_code, first.json(), again.json()) == (201, {"version": 1}, {"version": 1})
    assert again.headers["Idempotent-Replayed"] == "true"
    stale = app.post(f"{path}/events", requested(), unique("key"))
    assert (stale.status_code, stale.json()["currentVersion"]) == (409, 1)
    approval = {"eventType": "adoption_approved", "data": {"by": "dora"}, "schemaVersion": 1}
    body = {"expectedVersion": 1, "events": [approval]}
    assert app.post(f"{path}/events", body, unique("key")).json() == {"version": 2}
    assert app.get(f"{path}/state?version=1").json()["state"] == {
        "petId": "luna",
        "contact": {"email": "ana@example.org"},
        "channel": "web",
        "status": "requested",
    }
    assert app.delete(f"/ecosystem/subjects/{stream}/personal-data").status_code == 204
    after = app.get(f"{path}/state").json()
    assert (after["version"], after["redacted"]) == (2, True)
    assert (after["state"]["contact"], after["state"]["status"]) == (None, "approved")
    log = app.get(f"{path}/events?limit=1").json()
    assert (log["items"][0]["redacted"], log["nextCursor"] is None) == (["contact"], False)


def test_another_tenant_has_no_such_stream(key_client: Callable[[str], Client]) -> None:
    path = f"/ecosystem/streams/{unique('adoption')}"
    key_client("refugio-app").post(f"{path}/events", requested(), unique("key"))
    for read in ("events", "state"):
        assert key_client("las-reinas-smp").get(f"{path}/{read}").status_code == 404
