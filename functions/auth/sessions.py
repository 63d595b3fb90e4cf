"""Sessions: begun with a Firebase ID token, refreshed without, listed and ended by their user."""

import hashlib
from typing import Any

from functions.auth.area import area
from functions.auth.member_schemas import ListQuery
from functions.auth.schemas import (
    RefreshRequest,
    SessionAnswer,
    SessionRequest,
    SessionsPage,
    SessionUser,
    SessionView,
)
from shared.auth.session_rules import Session
from shared.auth.sessions import Granted
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing
from shared.wiring import Wiring


@area.route("POST", "/sessions", SessionRequest, SessionAnswer, status=201, issues=True)
def begin(call: Call[SessionRequest], wiring: Wiring) -> SessionAnswer:
    tenant = call.input.tenant_id or call.tenant_header
    return _answer(wiring.sessions.begin(call.caller, call.input.audience, tenant, _client(call)))


@area.route("POST", "/sessions/refresh", RefreshRequest, SessionAnswer, open_=True, issues=True)
def refresh(call: Call[RefreshRequest], wiring: Wiring) -> SessionAnswer:
    wanted = call.input
    return _answer(wiring.sessions.refresh(wanted.refresh_token, wanted.audience, _client(call)))


@area.route("GET", "/sessions", ListQuery, SessionsPage)
def sessions(call: Call[ListQuery], wiring: Wiring) -> SessionsPage:
    page = wiring.session_list.page(call.caller, call.input.limit, call.input.cursor)
    current = call.caller.access.session_id if call.caller.access else None
    items = tuple(_view(session, current) for session in page.items)
    return SessionsPage(items=items, next_cursor=page.next_cursor)


@area.route("DELETE", "/sessions/<session_id>", Nothing, None)
def end(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.session_list.end(call.caller, call.path["session_id"])
    return Reply(None)


@area.route("DELETE", "/sessions", Nothing, None)
def end_all(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.session_list.end_all(call.caller)
    return Reply(None)


def _client(call: Call[Any]) -> str:
    """From where a session is used, as far as it says so; only told apart, never shown."""
    return hashlib.sha256(call.headers.get("User-Agent", "").encode()).hexdigest()[:32]


def _answer(granted: Granted) -> SessionAnswer:
    return SessionAnswer(
        access_token=granted.access_token,
        expires_in=granted.expires_in,
        refresh_token=granted.refresh_token,
        refresh_expires_in=granted.refresh_expires_in,
        session_id=granted.session.session_id,
        user=SessionUser(
            user_id=granted.session.user_id,
            email=granted.profile.get("email"),
            display_name=granted.profile.get("displayName"),
            roles=tuple(granted.roles),
        ),
    )


def _view(session: Session, current: str | None) -> SessionView:
    return SessionView(
        session_id=session.session_id,
        audience=session.audience,
        tenant_id=session.tenant_id,
        created_at=session.created_at,
        last_used_at=session.rotated_at,
        expires_at=session.idle_expires_at,
        current=session.session_id == current,
    )
