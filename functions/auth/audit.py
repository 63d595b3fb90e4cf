"""The audit of a tenant: who changed what, and whether it is all there."""

from typing import Any

from functions.auth.area import area
from functions.auth.key_schemas import (
    AuditPage,
    AuditQuery,
    EntryView,
    VerifyAnswer,
    VerifyRequest,
)
from shared.auth.audit_log import About
from shared.auth.chain import Entry
from shared.entry.http import Call
from shared.wiring import Wiring


@area.route("GET", "/audit", AuditQuery, AuditPage)
def audit(call: Call[AuditQuery], wiring: Wiring) -> AuditPage:
    wanted = call.input
    about = About(call.tenant_header, wanted.user_id)
    page = wiring.audit_log.page(call.caller, about, wanted.limit, wanted.cursor)
    return AuditPage(items=tuple(map(_view, page.items)), next_cursor=page.next_cursor)


@area.route("POST", "/audit/verify", VerifyRequest, VerifyAnswer)
def verify(call: Call[VerifyRequest], wiring: Wiring) -> VerifyAnswer:
    about = About(call.tenant_header, call.input.user_id)
    found = wiring.audit_log.verify(call.caller, about)
    return VerifyAnswer(valid=found.valid, entries=found.entries, broken_at=found.broken_at)


def _view(entry: Entry) -> EntryView:
    said: dict[str, Any] = {**entry.act._asdict(), "details": dict(entry.act.details)}
    said |= {"entry_id": entry.entry_id, "at": entry.at, "prev": entry.prev, "hash": entry.hash}
    return EntryView(**said)
