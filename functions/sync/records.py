"""The calls of what went wrong: conflicts for their tenants, dead letters for administrators."""

from typing import Any

from functions.sync.area import area
from functions.sync.record_schemas import (
    ConflictPage,
    ConflictView,
    LetterPage,
    LetterView,
    RetryAnswer,
    SideView,
)
from functions.sync.routes import ADMIN
from shared.entry.http import Call
from shared.entry.wire import Nothing, PageQuery
from shared.kernel.errors import NotFound
from shared.sync.records import Record
from shared.sync.shown import shown
from shared.wiring import Wiring

READ, WRITE = "sync:document:read", "sync:document:write"


@area.route("GET", "/conflicts", PageQuery, ConflictPage)
def conflicts(call: Call[PageQuery], wiring: Wiring) -> ConflictPage:
    tenant, query = _tenant(call, wiring), call.input
    page = wiring.sync_records.conflicts(tenant, query.limit, query.cursor)
    items = tuple(_conflict(record, wiring) for record in page.items)
    return ConflictPage(items=items, next_cursor=page.next_cursor)


@area.route("POST", "/conflicts/<conflict_id>/revert", Nothing, ConflictView)
def revert(call: Call[Nothing], wiring: Wiring) -> ConflictView:
    conflict_id = call.path["conflict_id"]
    row = wiring.sync_records.conflict(conflict_id)
    if row is None:
        raise NotFound(reason="conflict")
    wiring.auth.require(call.caller, WRITE, row["tenantId"])
    after = wiring.reverting.revert(conflict_id, row, call.caller.name)
    return _conflict(Record(conflict_id, after), wiring)


@area.route("GET", "/dead-letters", PageQuery, LetterPage)
def dead_letters(call: Call[PageQuery], wiring: Wiring) -> LetterPage:
    wiring.auth.require_platform(call.caller, ADMIN)
    page = wiring.sync_records.letters(call.input.limit, call.input.cursor)
    items = tuple(_letter(record) for record in page.items)
    return LetterPage(items=items, next_cursor=page.next_cursor)


@area.route("POST", "/dead-letters/<letter_id>/retry", Nothing, RetryAnswer)
def retry(call: Call[Nothing], wiring: Wiring) -> RetryAnswer:
    wiring.auth.require_platform(call.caller, ADMIN)
    return RetryAnswer(resolved=wiring.redrive.retry(call.path["letter_id"]))


def _tenant(call: Call[PageQuery], wiring: Wiring) -> str | None:
    """The tenant whose conflicts are listed; the platform may list those of all."""
    if call.caller.platform and call.tenant_header is None:
        wiring.auth.require_platform(call.caller, READ)
        return None
    tenant = wiring.auth.tenant_of(call.caller, call.tenant_header)
    wiring.auth.require(call.caller, READ, tenant)
    return tenant


def _conflict(record: Record, wiring: Wiring) -> ConflictView:
    row = record.row
    return ConflictView(
        conflict_id=record.name,
        path=row["path"],
        field=row["field"],
        policy=row["policy"],
        winner=_side(row["winner"], wiring),
        loser=_side(row["loser"], wiring),
        tenant_id=row["tenantId"],
        at=row["at"],
        reverted_at=row.get("revertedAt"),
    )


def _side(side: dict[str, Any], wiring: Wiring) -> SideView:
    project = wiring.settings.projects.get(side["node"], wiring.settings.hub)
    return SideView(project=project, value=shown(side["value"]), stamp=side["stamp"])


def _letter(record: Record) -> LetterView:
    row = record.row
    return LetterView(
        dead_letter_id=record.name,
        cause=row["cause"],
        event_id=row["eventId"],
        project=row["project"],
        path=row["path"],
        peer=row["peer"],
        at=row["at"],
    )
