"""A document on a route of its own, told by hand, and the conflicts that a caller may see."""

from typing import Any

from google.cloud import firestore

from shared.kernel.clock import utc_now
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import Client
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
