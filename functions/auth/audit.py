"""The audit of a tenant: who changed what, and whether it is all there."""

from typing import Any

from functions.auth.area import area
from functions.auth.key_schemas import AuditPage, EntryView, VerifyAnswer
from functions.auth.member_schemas import ListQuery
from shared.auth.chain import Entry
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring


@area.route("GET", "/audit", ListQuery, AuditPage)
def audit(call: Call[ListQuery], wiring: Wiring) -> AuditPage:
    wanted = call.input
    page = wiring.audit_log.page(call.caller, call.tenant_header, wanted.limit, wanted.cursor)
    return AuditPage(items=tuple(map(_view, page.items)), next_cursor=page.next_cursor)


@area.route("POST", "/audit/verify", Nothing, VerifyAnswer)
def verify(call: Call[Nothing], wiring: Wiring) -> VerifyAnswer:
    found = wiring.audit_log.verify(call.caller, call.tenant_header)
    return VerifyAnswer(valid=found.valid, entries=found.entries, broken_at=found.broken_at)


def _view(entry: Entry) -> EntryView:
    said: dict[str, Any] = {**entry.act._asdict(), "details": dict(entry.act.details)}
    said |= {"entry_id": entry.entry_id, "at": entry.at, "prev": entry.prev, "hash": entry.hash}
    return EntryView(**said)
