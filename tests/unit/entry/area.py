"""An area to call in tests, as a function's source: made-up callers, real routes."""

import functools
import json

from shared.auth.models import ApiKey, Caller
from shared.auth.service import Auth
from shared.entry.http import Area, Call, Letter, Reply, replayed
from shared.entry.schedule import scheduled
from shared.entry.wire import Id, Name, Nothing, Positive, Wire
from shared.kernel import errors
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import LIVE, api_key
from tests.unit.kernel.test_errors import made

KEYS = {"good": "key-1", "good too": "key-2"}
ORIGIN = "https://app.example"


class Anybody(Auth):
    """Takes `good` keys, and nothing else."""

    def __init__(self) -> None:
        pass

    def caller_with_key(self, text: str) -> Caller:
        if text not in KEYS:
            raise errors.InvalidCredentials(reason="key_secret")
        key: ApiKey = api_key(key_id=KEYS[text])
        return Caller(key=key)

    def caller_with_token(self, token: str) -> Caller:
        raise errors.TokenExpired(reason="expired")


class Parts(Wiring):
    auth = Anybody()


def parts() -> Wiring:
    return Parts(read_settings({**LIVE, "HYPHAE_ORIGINS": ORIGIN}))


@functools.cache
def narrow_parts() -> Wiring:
    """Few requests a minute, counted anew for each client that a test makes."""
    few = {"key": 3, "tenant": 5, "failures": 2, "address": 2, "issue": 2}
    return Parts(read_settings({**LIVE, "HYPHAE_RATE_LIMITS": json.dumps(few)}))


class Inner(Wire):
    name: Name


class Thing(Wire):
    amount: Positive
    short_name: Name | None = None
    tenant_id: Id | None = None
    flag: bool = False
    inner: tuple[Inner, ...] = ()
    one_or_more: Name | tuple[Inner, ...] | None = None


class Query(Wire):
    limit: Positive = 7
    name: Name | None = None


class Seen(Wire):
    what: str


area = Area("demo")


@area.route("POST", "/things", Thing, Thing, status=201)
def make(call: Call[Thing], wiring: Wiring) -> Thing:
    return call.input


@area.route("GET", "/things", Query, Seen)
def find(call: Call[Query], wiring: Wiring) -> Seen:
    return Seen(what=f"{call.input.limit} {call.input.name}")


@area.route("GET", "/things/<thing_id>", Nothing, Seen)
def show(call: Call[Nothing], wiring: Wiring) -> Seen:
    return Seen(what=call.path["thing_id"])


@area.route("DELETE", "/things/<thing_id>", Nothing, None)
def drop(call: Call[Nothing], wiring: Wiring) -> Reply:
    return Reply(None)


@area.route("POST", "/once", Nothing, Seen)
def once(call: Call[Nothing], wiring: Wiring) -> Reply:
    return replayed(Seen(what=call.idempotency_key), replay="again" in call.idempotency_key)


@area.route("GET", "/tenant", Nothing, Seen)
def tenant(call: Call[Nothing], wiring: Wiring) -> Seen:
    return Seen(what=str(call.tenant_header))


@area.route("GET", "/problems/<name>", Nothing, Seen)
def problem(call: Call[Nothing], wiring: Wiring) -> Seen:
    raise made(getattr(errors, call.path["name"]))


@area.route("GET", "/broken", Nothing, Seen)
def broken(call: Call[Nothing], wiring: Wiring) -> Seen:
    password = "hunter2"
    raise ZeroDivisionError(f"the password is {password}")


@area.webhook("/webhook", Seen)
def webhook(letter: Letter, wiring: Wiring) -> Seen:
    return Seen(what=f"{len(letter.body)} {letter.headers.get('X-Signature')}")


@area.route("POST", "/keys", Nothing, Seen, issues=True)
def issue(call: Call[Nothing], wiring: Wiring) -> Seen:
    return Seen(what="key")


@area.route("GET", "/open", Nothing, Seen, open_=True)
def see(call: Call[Nothing], wiring: Wiring) -> Seen:
    return Seen(what="open")


demo = area.function(parts)
narrow = area.function(narrow_parts)


def job(wiring: Wiring) -> Wire:
    return Seen(what="done")


def broken_job(wiring: Wiring) -> Wire:
    raise ZeroDivisionError("the password is hunter2")


def waiting_job(wiring: Wiring) -> Wire:
    raise errors.DependencyUnavailable(reason="down")


job_function = scheduled(job, parts)
broken_job_function = scheduled(broken_job, parts)
waiting_job_function = scheduled(waiting_job, parts)
