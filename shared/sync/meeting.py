"""A document that hears of a change: what it knows, what of the change is news, and both."""

from typing import NamedTuple

from shared.sync.lattice import merge, news
from shared.sync.marks import replica_at
from shared.sync.models import Found, Replica
from shared.sync.scopes import EVERYTHING, Scope


class View(NamedTuple):
    """Whose document it is, and what of it travels. Found documents come as the scope sees them."""

    scope: Scope = EVERYTHING
    node: str = ""


class Meeting(NamedTuple):
    """What is known where a change is heard, what is heard, what of that is news, and both."""

    known: Replica
    heard: Replica
    fresh: Replica
    after: Replica


def meeting(found: Found, heard: Replica, view: View) -> Meeting:
    known, buried = _known(found, view)
    fresh = news(known, merge(buried, heard) if buried.deleted else heard)
    return Meeting(known, heard, fresh, merge(known, fresh))


def _known(found: Found, view: View) -> tuple[Replica, Replica]:
    """What is known there, and what its tombstone adds: beside a document that is news to it."""
    stone = found.tombstone
    buried = Replica(deleted=stone.deleted, knew=stone.knew) if stone else Replica()
    if found.document is None:
        return buried, Replica()
    return replica_at(found.document, view.scope, view.node), buried
