"""Sessions begun and used, and how it shows that one has ended."""

import pytest

from shared.auth.models import Caller, Member
from shared.auth.sessions import Granted
from shared.kernel.errors import SessionRevoked
from shared.wiring import Wiring
from tests.emulator.auth.conftest import sign_in

HERE, ELSEWHERE = "here", "elsewhere"


def begin(wiring: Wiring, caller: Caller | None = None, tenant: str | None = None) -> Granted:
    return wiring.sessions.begin(caller or sign_in(wiring), "demo-app", tenant, HERE)


def refresh(wiring: Wiring, granted: Granted, client: str = HERE) -> Granted:
    return wiring.sessions.refresh(granted.refresh_token, None, client)


def caller(wiring: Wiring, granted: Granted) -> Caller:
    return wiring.auth.caller_with_token(granted.access_token)


def refused(wiring: Wiring, granted: Granted) -> str:
    """Why neither token of the session is taken any more."""
    with pytest.raises(SessionRevoked):
        caller(wiring, granted)
    with pytest.raises(SessionRevoked) as why:
        refresh(wiring, granted)
    return why.value.reason


def member(wiring: Wiring, tenant: str, role: str) -> Caller:
    found = sign_in(wiring)
    wiring.tenants.put_member(Member(tenant, str(found.user_id), (role,)))
    return found
