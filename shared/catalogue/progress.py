"""Pure decisions on a tenant's syncs: what a product may report, and how a run goes on."""

from dataclasses import replace
from datetime import datetime

from shared.catalogue.models import (
    ERROR,
    PENDING,
    SUCCESS,
    SYNCING,
    Part,
    Report,
    Run,
    TenantSync,
)


def reported(before: TenantSync, report: Report, now: datetime) -> TenantSync:
    """The state after a product's report; an outcome ends the run that is under way.

    It may say whatever it finds: one that fell over while it synced is pending again.
    """
    status = report.sync_status
    config = before.sync_config if report.sync_config is None else report.sync_config
    after = _in_status(replace(before, sync_config=config), status, now)
    return replace(after, error=report.error) if status == ERROR else after


def begun(before: TenantSync, run_id: str, now: datetime) -> TenantSync:
    """A run that waits; the same state while there is one under way."""
    if before.running:
        return before
    return _in_status(replace(before, run=Run(run_id, now)), PENDING, now)


def advanced(before: TenantSync, run: Run, part: Part, now: datetime) -> TenantSync:
    """The state after its run has told a part of the menu; with the last it has succeeded."""
    place = part.following or run.place
    told = replace(before, run=replace(run, place=place, parts=run.parts + 1))
    return _in_status(told, SYNCING if part.following else SUCCESS, now)


def failed(before: TenantSync, error: str, now: datetime) -> TenantSync:
    return replace(_in_status(before, ERROR, now), error=error)


def under_way(sync: TenantSync, run_id: str) -> Run | None:
    """Just this run, if it has not ended."""
    return sync.run if sync.running and sync.run and sync.run.run_id == run_id else None


def _in_status(sync: TenantSync, status: str, now: datetime) -> TenantSync:
    begins = status == SYNCING and sync.sync_status != SYNCING
    return replace(
        sync,
        sync_status=status,
        error=None,
        started_at=now if begins else sync.started_at,
        last_sync_at=now if status == SUCCESS else sync.last_sync_at,
        updated_at=now,
        run=_ended(sync.run, now) if status in (SUCCESS, ERROR) else sync.run,
    )


def _ended(run: Run | None, now: datetime) -> Run | None:
    return replace(run, ended_at=run.ended_at or now) if run else None
