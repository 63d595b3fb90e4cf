"""Bring one document to what it shall be: read, decide, commit; again when others were faster."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.errors import DependencyUnavailable
from shared.platform.firestore import ChangedMeanwhile
from shared.sync.models import Bury, Found, Keep, Place, Write

ATTEMPTS = 8
LONGEST_PAUSE_SECONDS = 0.5
Outcome = Keep | Bury | None
Decide = Callable[[Found], Outcome]


class Replicas(Protocol):
    """Documents and their tombstones, read together and changed on condition."""

    def read(self, place: Place, both: bool) -> Found: ...

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None: ...


@dataclass(frozen=True, slots=True)
class Settler:
    """Decides on one place for one event, in the name of its project."""

    replicas: Replicas
    place: Place
    node: str
    event_id: str
    sleep: Callable[[float], None] = time.sleep

    def settle(self, decide: Decide, both: bool, found: Found | None = None) -> None:
        """`found` saves the first read. Raises DependencyUnavailable after too many lost races."""
        for attempt in range(ATTEMPTS):
            current = found if found and not attempt else self.replicas.read(self.place, both)
            outcome = decide(current)
            if outcome is None or self._committed(current, outcome):
                return
            self.sleep(_pause(attempt))
        raise DependencyUnavailable(reason="contended_document")

    def _committed(self, found: Found, outcome: Keep | Bury) -> bool:
        over = found.document.updated if found.document else 0
        try:
            self.replicas.commit(self.place, found, outcome, Write(self.node, self.event_id, over))
        except ChangedMeanwhile:
            return False
        return True


def _pause(attempt: int) -> float:
    longest = min(LONGEST_PAUSE_SECONDS, 0.01 * 2**attempt)
    return random.uniform(0, longest)  # noqa: S311  # no secret depends on it
