"""Ids: random ones for new things, derived ones for things that must exist once."""

import hashlib
import re
import uuid

NAMESPACE = uuid.UUID("6f1d6a52-5a36-5d9c-9d0e-0f3a7b0c8e11")
SAFE_ID = re.compile(r"(?!\.{1,2}$)(?!__.*__$)[A-Za-z0-9_.:@-]+", re.ASCII)
LONGEST_ID = 128
EVENT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def is_safe_id(text: str, longest: int = LONGEST_ID) -> bool:
    """Whether a caller's id may name a document: no path, and nothing that Firestore reserves."""
    return len(text) <= longest and SAFE_ID.fullmatch(text) is not None


def is_event_id(text: str) -> bool:
    """Whether a text has the form of the ids that events are given: a UUID."""
    return EVENT_ID.fullmatch(text) is not None


def new_id() -> str:
    """A random id of 32 hex digits: spread evenly, as Firestore wants document ids."""
    return uuid.uuid4().hex


def derived_id(*parts: str) -> str:
    """The same 40 hex digits for the same parts, and for no others.

    Each part is prefixed by its length, so that ("a", "bc") and ("ab", "c") differ.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def derived_uuid(*parts: str) -> str:
    """A UUID of version 5 (RFC 9562) made from the parts."""
    return str(uuid.uuid5(NAMESPACE, derived_id(*parts)))
