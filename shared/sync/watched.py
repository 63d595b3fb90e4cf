"""What an instance of a member knows of the routes: which collections any of them names."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from shared.platform.logs import log
from shared.sync.routes import End, Route

FRESH_SECONDS = 10.0
LONGEST_SECONDS = 60.0


class Book(Protocol):
    """The routes, as the hub has them."""

    def all(self) -> Mapping[str, Route]: ...

    def edition(self) -> datetime | None: ...


class Watched:
    """At most ten seconds old, and asked for by one read, by one thread at a time."""

    def __init__(self, book: Book, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._book = book
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._ends: frozenset[End] | None = None
        self._edition: datetime | None = None
        self._fresh_until = self._known_until = float("-inf")

    def names(self, project: str, collection: str) -> bool:
        """Whether an enabled route names it, or nobody can say: then nothing shall get lost."""
        with self._lock:
            if self._monotonic() >= self._fresh_until:
                self._refresh()
            ends = self._ends
        return ends is None or End(project=project, collection=collection) in ends

    def _refresh(self) -> None:
        try:
            self._read()
        except Exception as failure:  # whatever keeps it from being read, changes must go on
            log("ERROR", "routes are unread", reason=type(failure).__name__)
            self._ends, self._known_until = None, float("-inf")
        self._fresh_until = self._monotonic() + FRESH_SECONDS

    def _read(self) -> None:
        """All of them only if one has changed; now and then in any case."""
        now, edition = self._monotonic(), self._book.edition()
        if edition != self._edition or now >= self._known_until:
            routes = self._book.all().values()
            self._ends = frozenset(end for route in routes if route.enabled for end in route.ends)
            self._edition = edition
            self._known_until = now + LONGEST_SECONDS
