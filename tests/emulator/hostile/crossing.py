"""Rows 73 to 83: crossing over, and signing in anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from shared.auth.oauth import ACCESS_TYPE, ID_TYPE, TOKEN_EXCHANGE
from tests.builders import unique
from tests.emulator.hostile.catalogue import (
    BAD,
    FORBIDDEN,
    INVALID,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import World


def exchange(world: World, key: str, token: str, **changes: str | None) -> TestResponse:
    usual: dict[str, str | None] = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TYPE,
        "audience": "demo-bo",
    }
    return world.form("/token", key, **(usual | changes))


def crossing(error: str, **changes: str | None) -> Send:
    """An exchange that is right but for the changes, and OAuth's word for what is wrong."""

    def send(world: World) -> TestResponse:
        token, key = _member(world)
        given = world.session(token)["accessToken"]
        return _worded(exchange(world, key, given, **changes), error)

    return send


def _member(world: World, **stated: Any) -> tuple[str, str]:
    """Somebody in a tenant, and a key of it."""
    token = world.person(**stated)
    return token, world.key(world.tenant(token))


def _worded(answer: TestResponse, error: str) -> TestResponse:
    assert answer.get_json()["error"] == error
    return answer


TYPE = "urn:ietf:params:oauth:token-type:"
WRONG_TYPES: dict[str, dict[str, str | None]] = {
    "no type of the subject": {"subject_token_type": None},
    "an unknown type of the subject": {"subject_token_type": f"{TYPE}jwt"},
    "an ID token that is none": {"subject_token_type": ID_TYPE},
    "a JWT for it": {"requested_token_type": f"{TYPE}jwt"},
    "SAML for it": {"requested_token_type": f"{TYPE}saml2"},
}
for target in ("demo-ai", "demo-evil", "demo-app"):
    each(73, INVALID, [(target, crossing("invalid_target", audience=target))], "invalid_target")
each(74, INVALID, [("wider", crossing("invalid_scope", scope="billing:account:write"))])
for name, wrong in WRONG_TYPES.items():
    each(76, INVALID, [(name, crossing("invalid_request", **wrong))])
each(82, INVALID, [("no subject, but a state", crossing("invalid_request", subject_token=None))])


@case(77, INVALID, "subject_expired")
def a_subject_token_that_is_over(world: World) -> TestResponse:
    token, key = _member(world)
    given = world.session(token)["accessToken"]
    world.clock.moment = world.clock() + timedelta(minutes=6)
    return _worded(exchange(world, key, given), "invalid_request")


@case(77, INVALID, "subject_epoch:sessions")
def a_subject_token_that_was_revoked(world: World) -> TestResponse:
    token, key = _member(world)
    given = world.session(token)
    session = f"/sessions/{given['sessionId']}"
    assert world.call("DELETE", session, token=token).status_code == 204
    return _worded(exchange(world, key, given["accessToken"]), "invalid_request")


@case(77, INVALID, "subject_type")
def a_subject_token_of_nobody_in_particular(world: World) -> TestResponse:
    token, key = _member(world, firebase={"sign_in_provider": "anonymous"})
    return _worded(exchange(world, key, token, subject_token_type=ID_TYPE), "invalid_request")


def again(row: int, at_once: bool) -> None:
    def send(world: World) -> TestResponse:
        token, key = _member(world)
        given = world.session(token)["accessToken"]
        with ThreadPoolExecutor(8 if at_once else 1) as pool:
            answers = list(pool.map(lambda _: exchange(world, key, given), range(8)))
        taken = [answer for answer in answers if answer.status_code == 200]
        assert len(taken) == 1
        world.presented.add(taken[0].get_json()["access_token"])
        return next(answer for answer in answers if answer.status_code != 200)

    each(row, INVALID, [("at once" if at_once else "in turn", send)], "subject_used")


again(79, at_once=True)
again(79, at_once=False)
again(82, at_once=False)


@case(80, BAD, "stale_link")
def a_sign_in_that_is_too_old_to_link(world: World) -> TestResponse:
    mail = f"{unique('mail')}@x.example"
    world.user_id(world.person(email=mail, email_verified=True))
    old = int((world.clock() - timedelta(minutes=6)).timestamp())
    stated = {"project": "demo-bo", "email": mail, "email_verified": True, "auth_time": old}
    answer = world.call("GET", "/me", token=world.person(**stated))
    assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]
    return answer


@case(83, FORBIDDEN, "not_a_member")
def a_member_who_is_suspended_where_they_cross_to(world: World) -> TestResponse:
    token = world.person()
    tenant = world.tenant(token)
    given, user = world.session(token)["accessToken"], world.user_id(token)
    world.parts.hub.document(f"tenants/{tenant}/members/{user}").update({"status": "suspended"})
    return _worded(exchange(world, world.key(tenant), given), "access_denied")
