"""How sync is doing: members see their tenant, the platform's administrators all of it."""

from datetime import UTC, datetime
from typing import Any

from functions.sync.access import READ_STATUS
from functions.sync.area import area
from shared.entry.http import Call
from shared.entry.wire import Moment, PageQuery, Wire
from shared.kernel.pages import Page, page_of
from shared.sync.status import Line, Status
from shared.sync.tally import Lags
from shared.wiring import Wiring


class EndView(Wire):
    project: str
    collection: str


class LagView(Wire):
    """Of this hour and the one before, as far as instances have written it down: about."""

    changes: int
    lag_ms: int
    max_lag_ms: int
    last_change_at: Moment | None


class LineView(LagView):
    """Documents and drift are those of the last finished run of the sweep: exact as of then."""

    tenant_id: str
    source: EndView
    target: EndView
    documents: int | None
    drift: int | None
    checked_at: Moment | None


class StatusView(LagView):
    pending: int
    oldest_pending_at: Moment | None
    oldest_pending_seconds: int
    dead_letters: int
    conflicts: int
    items: tuple[LineView, ...]
    next_cursor: str | None


@area.route("GET", "/status", PageQuery, StatusView)
def status(call: Call[PageQuery], wiring: Wiring) -> StatusView:
    """The items come in pages; what stands beside them is of all."""
    tenant = _tenant(call, wiring)
    found = wiring.sync_monitor.status(tenant)
    lines = {"/".join(line.way.names): line for line in found.lines}
    page = page_of(lines, f"sync-status:{tenant or '*'}", call.input.limit, call.input.cursor)
    return _view(found, page)


def _tenant(call: Call[PageQuery], wiring: Wiring) -> str | None:
    """None, and thus all of them, for the platform that names none."""
    if call.caller.platform and not call.tenant_header:
        wiring.auth.require_platform(call.caller, READ_STATUS)
        return None
    tenant_id = wiring.auth.tenant_of(call.caller, call.tenant_header)
    wiring.auth.require(call.caller, READ_STATUS, tenant_id)
    return tenant_id


def _view(found: Status, page: Page[Line]) -> StatusView:
    oldest = found.waiting.oldest
    return StatusView(
        **_lags(found.lags),
        pending=found.waiting.changes,
        oldest_pending_at=oldest,
        oldest_pending_seconds=max(0, int((found.now - oldest).total_seconds())) if oldest else 0,
        dead_letters=found.dead_letters,
        conflicts=found.conflicts,
        items=tuple(map(_line, page.items)),
        next_cursor=page.next_cursor,
    )


def _line(line: Line) -> LineView:
    return LineView(
        **_lags(line.lags),
        tenant_id=line.way.tenant_id,
        source=EndView(**line.way.source.model_dump()),
        target=EndView(**line.way.target.model_dump()),
        documents=line.check.documents if line.check else None,
        drift=line.check.drift if line.check else None,
        checked_at=line.checked_at,
    )


def _lags(lags: Lags) -> dict[str, Any]:
    return {
        "changes": lags.changes,
        "lag_ms": lags.total_us // max(1, lags.changes) // 1000,
        "max_lag_ms": lags.longest_us // 1000,
        "last_change_at": _at(lags.latest_us) if lags.changes else None,
    }


def _at(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
