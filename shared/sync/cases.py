"""Cases of the pet rescue: documents of `cases`, from the report to the way home.

A case had `pet` and one `contact` text; then `petId` and `contact` by its kind; now, in place of
`open`, it has a `status`.
"""

from typing import Any

from shared.sync.schemas import From


def _by_kind(contact: Any) -> Any:
    if not isinstance(contact, str):
        return contact
    return {"email" if "@" in contact else "phone": contact}


def _status(is_open: Any) -> Any:
    if not isinstance(is_open, bool):
        return is_open
    return "open" if is_open else "closed"


UPCASTERS = {
    ("case", 1): {"petId": From("pet"), "contact": From("contact", _by_kind)},
    ("case", 2): {"status": From("open", _status)},
}
