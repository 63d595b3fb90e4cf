"""Rows 40 to 59: tokens that are signed, and claim what they may not."""

import subprocess
import sys
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from scripts.suite.paths import ROOT
from shared.auth.access_tokens import AccessTokens
from shared.auth.models import Access
from shared.kernel.errors import InvalidCredentials
from tests.builders import LIVE, NEW_YEAR, claims, unique, unsigned_token
from tests.emulator.hostile.catalogue import (
    BAD,
    FORBIDDEN,
    MISSING,
    REVOKED,
    WELL,
    Expected,
    Send,
    case,
    each,
)
from tests.emulator.hostile.tokens import bearing, hostile
from tests.emulator.hostile.world import World
from tests.signing import issuer
from tests.unit.auth.hostile import HOSTILE, good

EXPIRED: Expected = (401, "token-expired")
SECOND = int(NEW_YEAR.timestamp())


def access(world: World, **changes: object) -> str:
    """An access token that we signed; its user is nobody."""
    right = {"token_id": "j", "user_id": "u", "audience": "demo-app", "issued": SECOND}
    times = {"expires": SECOND + 300, "auth_time": SECOND, "user_epoch": 0}
    return world.parts.access_tokens.make(Access(**{**right, **times, **changes}))  # type: ignore[arg-type]  # a test's


def with_access(**changes: object) -> Send:
    return lambda world: world.call("GET", "/me", token=access(world, **changes))


def ended(late: timedelta) -> str:
    return issuer().token(claims(NEW_YEAR - late - timedelta(hours=1)))


for sub in ("a/../b", "__x__", ".", ".."):
    each(40, WELL, [(sub, bearing(lambda sub=sub: good(sub=sub)))])  # type: ignore[misc]  # bound now
for late in (timedelta(hours=1), timedelta(seconds=11)):
    sends = [(str(late), bearing(lambda late=late: ended(late)))]  # type: ignore[misc]  # bound now
    each(41, EXPIRED, sends, "expired")
each(41, EXPIRED, [("access", with_access(issued=SECOND - 400, expires=SECOND - 100))], "expired")
hostile(43, "exp missing", "exp null", "exp string", "exp fraction", "exp true", "exp NaN")
hostile(43, "exp infinite", "exp negative", "exp 2^60")
hostile(44, "iat ", "auth_time ")
hostile(46, "lifetime", "exp before")
each(46, BAD, [("access", with_access(expires=SECOND + 301))], "lifetime")
hostile(47, "custom token")
each(49, BAD, [("of no product", with_access(audience="demo-evil"))], "aud_unknown")
each(50, BAD, [("an ID token", bearing(HOSTILE["access token"][0]))], "alg")


@case(49, BAD)
def an_access_token_at_a_product_that_it_is_not_for(world: World) -> Expected:
    settings = world.parts.settings
    product = AccessTokens(world.parts.signing_keys, settings.issuer, frozenset({"demo-bo"}))
    with pytest.raises(InvalidCredentials) as refused:
        product.verify(access(world), NEW_YEAR)
    assert refused.value.reason == "aud_unknown"
    return refused.value.status, refused.value.code


@case(50, BAD, "segments")
def a_refresh_token_as_an_access_token(world: World) -> TestResponse:
    return world.call("GET", "/me", token=world.session(world.person())["refreshToken"])


@case(52, FORBIDDEN, "provider")
def an_anonymous_user_where_it_takes_a_name(world: World) -> TestResponse:
    token = world.person(firebase={"sign_in_provider": "anonymous"})
    return world.call("POST", "/sessions", {"audience": "demo-app"}, token=token)


def _unverified(world: World) -> tuple[str, str, str]:
    """An owner, their tenant, and whoever only says that they have the owner's e-mail."""
    mail = f"{unique('admin')}@x.example"
    owner = world.person(email=mail, email_verified=True)
    other = world.person(project="demo-bo", email=mail, email_verified=False)
    assert world.user_id(owner) != world.user_id(other)
    return owner, world.tenant(owner), other


@case(53, MISSING, "foreign_tenant")
def an_unverified_email_of_an_owner_in_their_tenant(world: World) -> TestResponse:
    _, tenant, other = _unverified(world)
    return world.call("GET", f"/tenants/{tenant}/members", token=other)


@case(53, FORBIDDEN, "platform_only")
def an_unverified_email_on_a_route_of_administrators(world: World) -> TestResponse:
    _, _, other = _unverified(world)
    return world.call("GET", "/api/v1/sync/routes", token=other, function="sync")


@case(55, WELL)
def claims_that_a_project_made_up(world: World) -> TestResponse:
    tenant = world.tenant(world.person())
    made_up = {"admin": True, "role": "owner", "tid": tenant, "tenants": {tenant: "owner"}}
    answer = world.call("GET", "/me", token=world.person(project="demo-bo", **made_up))
    me = answer.get_json()
    assert (me["tenants"], me["roles"], me["permissions"]) == ([], [], [])
    return answer


def gone(change: dict[str, object] | None) -> Send:
    def send(world: World) -> TestResponse:
        token = world.person()
        user = world.parts.hub.document(f"users/{world.user_id(token)}")
        user.update(change) if change else user.delete()
        return world.at(world.another())("GET", "/me", token=token)

    return send


each(56, REVOKED, [("disabled", gone({"disabled": True})), ("deleted", gone(None))], "epoch:users")
each(56, REVOKED, [("nobody's access token", with_access())], "epoch:users")
each(58, BAD, [("of the emulator", bearing(lambda: unsigned_token(claims(NEW_YEAR))))], "alg")


def started(emulator: str) -> Send:
    """Whether a process of production starts with an emulator's variable."""

    def send(_: World) -> Expected:
        environment = {**LIVE, "FIREBASE_AUTH_EMULATOR_HOST": emulator}
        command = [sys.executable, "-c", "import main; main.auth"]
        process = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert process.returncode == 0 or "UnsafeSettings" in process.stderr
        return process.returncode, ""

    return send


each(59, (1, ""), [(repr(text), started(text)) for text in (" ", "localhost:9099")])
each(59, (0, ""), [("empty", started(""))])
