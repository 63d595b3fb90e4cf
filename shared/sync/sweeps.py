"""Runs of the sweep in `sync_runs`, and what the last one of each route found in `sync_checks`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from google.cloud import firestore

from shared.platform import firestore as db
from shared.sync.route_store import EDITION
from shared.sync.routes import Route, read_routes
from shared.sync.runs import DONE, RUNNING, Count, Run
from shared.sync.watched import FRESH_SECONDS

KEPT = timedelta(days=30)
Equal = firestore.FieldFilter


class Seen(NamedTuple):
    """A run, and the update time that its next page must find unchanged."""

    run: Run
    updated: datetime


class Sweeps:
    def __init__(self, hub: firestore.Client) -> None:
        self._hub = hub

    def route(self, route_id: str) -> Route | None:
        found = db.read(self._hub.collection("sync_routes").document(route_id))
        return read_routes([(route_id, found[0])]).get(route_id) if found else None

    def captured_from(self) -> datetime | None:
        """Since when every instance captures what the routes name as they are now."""
        found = db.read(self._hub.document(EDITION))
        return found[1] + timedelta(seconds=FRESH_SECONDS) if found else None

    def enabled(self) -> Sequence[str]:
        """The ids of all routes that are to be swept."""
        enabled = Equal("enabled", "==", True)
        found = db.find(self._hub.collection("sync_routes").where(filter=enabled).select([]))
        return [route_id for route_id, _ in found]

    def look(self, run_id: str) -> Seen | None:
        found = db.read(self._run(run_id))
        return Seen(_read(run_id, found[0]), found[1]) if found else None

    def under_way(self, route_id: str) -> Run | None:
        runs = self._hub.collection("sync_runs").where(filter=Equal("routeId", "==", route_id))
        found = db.find(runs.where(filter=Equal("status", "==", RUNNING)).limit(1))
        return _read(*found[0]) if found else None

    def add(self, run: Run) -> None:
        db.create(self._run(run.run_id), _document(run))

    def save(self, run: Run, seen: datetime) -> None:
        """Raises ChangedMeanwhile. The last page of a run shows what its route is like."""
        batch = self._hub.batch()
        option = self._hub.write_option(last_update_time=seen)
        batch.update(self._run(run.run_id), _document(run), option=option)
        if run.status == DONE:
            check = self._hub.collection("sync_checks").document(run.route_id)
            batch.set(check, _document(run) | {"runId": run.run_id})
        db.commit(batch)

    def checked(self) -> Sequence[tuple[Route, Run]]:
        """Each route with its last finished run, if it has one."""
        rows = dict(db.find(self._hub.collection("sync_checks").order_by("__name__")))
        found = db.find(self._hub.collection("sync_routes").order_by("__name__")) if rows else []
        routes = read_routes(found)
        return [
            (route, _read(rows[n]["runId"], rows[n])) for n, route in routes.items() if n in rows
        ]

    def _run(self, run_id: str) -> firestore.DocumentReference:
        return self._hub.collection("sync_runs").document(run_id)


def _document(run: Run) -> dict[str, Any]:
    return {
        "routeId": run.route_id,
        "kind": run.kind,
        "status": run.status,
        "page": run.page,
        "cursor": run.cursor,
        "startedAt": run.started_at,
        "updatedAt": run.updated_at,
        "tenants": [{"tenantId": t, **count._asdict()} for t, count in run.tenants.items()],
        "expireAt": run.started_at + KEPT,
    }


def _read(run_id: str, row: Mapping[str, Any]) -> Run:
    return Run(
        run_id=run_id,
        route_id=row["routeId"],
        kind=row["kind"],
        started_at=row["startedAt"],
        updated_at=row["updatedAt"],
        status=row["status"],
        page=row["page"],
        cursor=row["cursor"],
        tenants={one["tenantId"]: _count(one) for one in row["tenants"]},
    )


def _count(found: Mapping[str, Any]) -> Count:
    return Count(found["documents"], found["mended"], found["refused"])
