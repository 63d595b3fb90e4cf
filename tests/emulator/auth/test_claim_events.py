"""Changes of members and identities, as Firestore tells of them, reach the accounts."""

import pytest
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData

from functions.auth import firestore as functions
from shared.entry import firestore as entry
from shared.kernel.ids import derived_id
from shared.wiring import Wiring
from tests.emulator.auth.test_claims import claims, person, put


def written(path: str, **fields: str) -> CloudEvent:
    """A document that was written, as Eventarc brings it."""
    name = f"projects/demo-hub/databases/(default)/documents/{path}"
    values = {key: {"string_value": value} for key, value in fields.items()}
    raw = DocumentEventData.pb()(value={"name": name, "fields": values}).SerializeToString()
    attributes = {
        "id": derived_id(path),
        "source": "//firestore",
        "type": "google.cloud.firestore.document.v1.written",
        "time": "2026-01-01T00:00:00Z",
    }
    return CloudEvent(attributes, raw)


@pytest.mark.parametrize("of", ["a member", "an identity"])
def test_what_changed_shows_in_the_claims(
    of: str, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, subject = person(wiring)
    tenant = put(wiring, who, "editor")
    monkeypatch.setattr(entry, "wiring", lambda: wiring)
    if of == "a member":
        functions.claim_membership(written(f"tenants/{tenant}/members/{who.user_id}"))
    else:
        functions.claim_identity(written("identities/x", userId=str(who.user_id)))
    assert claims(subject) == {"tenants": {tenant: "editor"}}


def test_a_membership_that_others_wrote_is_said_beside_its_user(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, _ = person(wiring)
    tenant, user = put(wiring, who, "editor"), wiring.hub.document(f"users/{who.user_id}")
    user.update({"tenants": []})
    monkeypatch.setattr(entry, "wiring", lambda: wiring)
    functions.claim_membership(written(f"tenants/{tenant}/members/{who.user_id}"))
    assert (user.get().to_dict() or {})["tenants"] == [tenant]
