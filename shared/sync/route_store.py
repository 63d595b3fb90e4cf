"""Routes in the hub: `sync_routes/{routeId}`, changed one at a time and read by every instance."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from google.cloud import firestore

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict
from shared.platform import firestore as db
from shared.platform.persistence import persistently
from shared.sync.routes import Mirrored, Route, mirrored_at, read_routes

ROUTES = "sync_routes"
EDITION = "sync_state/routes"  # changes with every route, so that all of them can be judged at once
MOST_ROUTES = 200
FRESH_SECONDS = 1.0
LONGEST_SECONDS = 60.0
Change = Callable[[Mapping[str, Route]], tuple[str, Route | None]]


class RouteBook:
    """The routes by their ids, few enough to be read whole."""

    def __init__(self, hub: firestore.Client, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._edition = hub.document(EDITION)

    def all(self) -> Mapping[str, Route]:
        """Every route that makes sense, in the order of their ids."""
        found = db.find(self._hub.collection(ROUTES).limit(MOST_ROUTES + 1))
        return read_routes(sorted(found))

    def edition(self) -> datetime | None:
        """When a route last changed; None before the first."""
        found = db.read(self._edition)
        return found[1] if found else None

    def change(self, decide: Change) -> Route | None:
        """Put or remove (None) one route, judged among all; nobody changes another meanwhile."""
        return persistently(partial(self._changed, decide))

    def _changed(self, decide: Change) -> Route | None:
        edition, routes = self.edition(), self.all()
        route_id, route = decide(routes)
        if route and len({*routes, route_id}) > MOST_ROUTES:
            raise Conflict(f"There are {MOST_ROUTES} routes already.", reason="many_routes")
        self._commit(route_id, route, edition)
        return route

    def _commit(self, route_id: str, route: Route | None, edition: datetime | None) -> None:
        batch, reference = self._hub.batch(), self._hub.collection(ROUTES).document(route_id)
        if route is None:
            batch.delete(reference)
        else:
            batch.set(reference, stored(route))
        changed = {"changedAt": self._clock()}
        if edition is None:
            batch.create(self._edition, changed)
        else:
            option = self._hub.write_option(last_update_time=edition)
            batch.update(self._edition, changed, option=option)
        db.commit(batch)


class KnownRoutes:
    """What an instance knows of the routes: at most a second old, and asked for by one read."""

    def __init__(self, book: RouteBook, node_of: Callable[[str], str]) -> None:
        self._book = book
        self._node_of = node_of
        self._routes: Mapping[str, Route] = {}
        self._edition: datetime | None = None
        self._fresh_until = self._known_until = float("-inf")

    def at(self, project: str, collection: str) -> Mirrored | None:
        now = time.monotonic()
        if now >= self._fresh_until:
            self._refresh(now)
        return mirrored_at(self._routes.values(), project, collection, self._node_of)

    def _refresh(self, now: float) -> None:
        """Read all of them only if one has changed; now and then in any case."""
        edition = self._book.edition()
        if edition != self._edition or now >= self._known_until:
            self._routes = self._book.all()
            self._edition = edition
            self._known_until = now + LONGEST_SECONDS
        self._fresh_until = now + FRESH_SECONDS


def stored(route: Route) -> dict[str, Any]:
    """The document of a route."""
    return route.model_dump(mode="json", by_alias=True)
