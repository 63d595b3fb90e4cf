"""API keys: issued, listed, rotated and revoked."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from functions.auth.area import area
from functions.auth.key_schemas import (
    IssuedKeyView,
    KeyRequest,
    KeysPage,
    KeyView,
    RotateRequest,
)
from functions.auth.member_schemas import ListQuery
from shared.auth.key_desk import Issued, Wanted
from shared.auth.models import ApiKey
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing
from shared.wiring import Wiring


@area.route("POST", "/api-keys", KeyRequest, IssuedKeyView, status=201, issues=True)
def issue_key(call: Call[KeyRequest], wiring: Wiring) -> IssuedKeyView:
    asked = call.input
    wanted = Wanted(asked.name, asked.product, asked.scopes, asked.expires_at)
    tenant = asked.tenant_id or call.tenant_header
    return _issued(wiring.key_desk.issue(call.caller, tenant, wanted))


@area.route("GET", "/api-keys", ListQuery, KeysPage)
def api_keys(call: Call[ListQuery], wiring: Wiring) -> KeysPage:
    wanted = call.input
    page = wiring.key_desk.page(call.caller, call.tenant_header, wanted.limit, wanted.cursor)
    items = tuple(KeyView(**_shown(key)) for key in page.items)
    return KeysPage(items=items, next_cursor=page.next_cursor)


@area.route(
    "POST", "/api-keys/<key_id>/rotate", RotateRequest, IssuedKeyView, status=201, issues=True
)
def rotate_key(call: Call[RotateRequest], wiring: Wiring) -> IssuedKeyView:
    overlap = timedelta(seconds=call.input.overlap_seconds)
    return _issued(wiring.key_desk.rotate(call.caller, call.path["key_id"], overlap))


@area.route("DELETE", "/api-keys/<key_id>", Nothing, None)
def revoke_key(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.key_desk.revoke(call.caller, call.path["key_id"])
    return Reply(None)


def _issued(issued: Issued) -> IssuedKeyView:
    return IssuedKeyView(**_shown(issued.key), key=issued.text)


def _shown(key: ApiKey) -> dict[str, Any]:
    """What may be seen of a key: no digest."""
    shown = {name: value for name, value in asdict(key).items() if name in KeyView.model_fields}
    return shown | {"scopes": tuple(sorted(key.scopes))}
