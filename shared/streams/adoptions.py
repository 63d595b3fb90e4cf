"""Adoptions of the pet rescue: streams `adoption-<id>`, from the request to the decision.

`adoption_requested` had `pet` and one `contact` text; then `petId` and `contact` by its kind; now
it says too by which channel it came.
"""

from typing import Any

from shared.streams.catalogue import Reducer, last_write
from shared.streams.models import Data

STATUS = {
    "adoption_requested": "requested",
    "adoption_approved": "approved",
    "adoption_declined": "declined",
    "adoption_withdrawn": "withdrawn",
}


def _apply(state: Data, event_type: str, data: Data) -> Data:
    """The last writes, and the status that the event brings."""
    status = STATUS.get(event_type, state.get("status"))
    return {**last_write(state, event_type, data), "status": status}


def _pet_by_id(data: Data) -> dict[str, Any]:
    renamed = {("petId" if name == "pet" else name): value for name, value in data.items()}
    return renamed | {"contact": _by_kind(data.get("contact"))}


def _by_kind(contact: Any) -> dict[str, str] | None:
    """One that is redacted stays null."""
    if not isinstance(contact, str):
        return None
    return {"email" if "@" in contact else "phone": contact}


def _by_channel(data: Data) -> dict[str, Any]:
    """All came by the web before there was another way."""
    return {"channel": "web", **data}


REDUCER = Reducer("adoption", 1, _apply)
UPCASTERS = {("adoption_requested", 1): _pet_by_id, ("adoption_requested", 2): _by_channel}
