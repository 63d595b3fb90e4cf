"""Who may call what, over all routes there are: nothing of a tenant is seen, counted or told apart.

A route that is added is in the matrix by being in its area's table.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.auth import api_keys
from shared.auth.models import Access
from shared.auth.permissions import BUILT_IN
from shared.wiring import Wiring
from tests.builders import api_key
from tests.emulator.entry import matrix
from tests.emulator.entry.clients import AsUser, WithKey
from tests.emulator.entry.matrix import CANARY, Entry, Ids
from tests.emulator.entry.people import Tenant, id_of, peopled

Credential = Mapping[str, str]
# What everybody may ask who is somebody: it is about the caller, or the same for all.
EVERYBODYS = {
    "auth GET /me",
    "auth GET /sessions",
    "auth PATCH /me",
    "auth POST /authorize",
    "billing GET /packages",
    "billing GET /tiers",
}
# A viewer's own, and what has no effect.
VIEWERS = {"auth DELETE /sessions/<session_id>", "auth POST /sessions", "tokens POST /check"}
# What the backbone does by itself, whenever it comes to it.
ITS_OWN = {"ecosystem GET /webhooks/<webhook_id>/attempts"}
# Nobody's token can be exchanged with an example; test_crossing_calls has real ones.
MISSHAPEN = {"auth POST /token"}


class World(NamedTuple):
    """A tenant that has one of everything; `ids` are theirs, `missing` nobody's."""

    tenant: Tenant
    functions: Callable[[str], FlaskClient]
    ids: Ids
    missing: Ids

    def ask(self, entry: Entry, credential: Credential, ids: Ids | None = None) -> TestResponse:
        return entry.ask(self.functions(entry.area), credential, ids or self.ids)

    def seen(self) -> dict[str, Any]:
        """All that its owner reads of it."""
        owner = self.tenant.who["owner"].credential
        reads = [entry for entry in matrix.entries() if entry.route.method == "GET"]
        answers = {entry.name: self.ask(entry, owner) for entry in reads}
        told = {name: answer for name, answer in answers.items() if name not in ITS_OWN}
        return {name: answer.get_json() for name, answer in told.items() if succeeded(answer)}


@pytest.fixture
def world(wiring: Wiring, as_user: AsUser, functions: Callable[[str], FlaskClient]) -> World:
    tenant = peopled(wiring, as_user, *BUILT_IN)
    spare = id_of(as_user("auth", **{tenant.name: "viewer"}))
    owner = tenant.who["owner"]
    ids = matrix.existing_ids(owner, functions, tenant.name, spare)
    return World(tenant, functions, ids, matrix.missing_ids())


def key_with(wiring: Wiring, tenant_id: str, *scopes: str) -> Credential:
    made = api_keys.make_key(wiring.settings.environment)
    digest = api_keys.digest(made.text, wiring.settings.key_pepper)
    now = wiring.clock()
    named = {"key_id": made.key_id, "digest": digest, "tenant_id": tenant_id}
    times = {"expires_at": now + timedelta(days=1), "last_used_at": now}
    wiring.api_keys.put(api_key(**named, **times, scopes=frozenset(scopes)))
    return {"X-API-Key": made.text}


def outcome(answer: TestResponse) -> tuple[object, ...]:
    """All that a refused caller could tell two answers apart by."""
    if answer.status_code < 400:
        return (answer.status_code,)
    problem = answer.get_json()
    headers = sorted(name for name, _ in answer.headers)
    return answer.status_code, problem["code"], problem["detail"], len(problem), tuple(headers)


def succeeded(answer: TestResponse) -> bool:
    return answer.status_code < 400


def test_every_route_has_an_example() -> None:
    assert matrix.incomplete() == []


def test_no_example_is_refused_for_its_shape(world: World, with_key: WithKey) -> None:
    """Else all would be answered alike, whoever may do it."""
    able = world.tenant.who["owner"].credential, with_key("auth", None).credential
    misshapen = {
        entry.name
        for entry in matrix.entries()
        if {world.ask(entry, who).status_code for who in able} <= {400, 415, 422}
    }
    assert misshapen == MISSHAPEN


@pytest.mark.parametrize("kind", ["nobody's member", "another owner", "another key"])
def test_what_is_foreign_is_as_if_it_were_not(
    kind: str, wiring: Wiring, world: World, as_user: AsUser
) -> None:
    elsewhere = peopled(wiring, as_user, "owner")
    stranger = {
        "nobody's member": as_user("auth").credential,
        "another owner": elsewhere.who["owner"].credential,
        "another key": key_with(wiring, elsewhere.name, *BUILT_IN["owner"]),
    }[kind]
    before = world.seen()
    wrong: list[tuple[object, ...]] = []
    for entry in matrix.entries():
        theirs = world.ask(entry, stranger)
        nobodys = world.ask(entry, stranger, world.missing)
        if outcome(theirs) != outcome(nobodys):
            wrong.append((entry.name, outcome(theirs), outcome(nobodys)))
        if CANARY in theirs.get_data(as_text=True):
            wrong.append((entry.name, "seen"))
    assert wrong == []
    assert world.seen() == before


def test_a_key_without_the_scope_does_nothing(wiring: Wiring, world: World) -> None:
    scopeless = key_with(wiring, world.tenant.name, "auth:owner:write")
    before = world.seen()
    done = {e.name for e in matrix.entries() if succeeded(world.ask(e, scopeless))}
    assert done <= EVERYBODYS
    assert world.seen() == before


def narrowed_to_nothing(wiring: Wiring, tenant: Tenant) -> Credential:
    """An owner's access token as an exchange makes one, with an empty scope."""
    now = int(wiring.clock().timestamp())
    access = Access(
        token_id=uuid4().hex,
        user_id=tenant.ids["owner"],
        audience="demo-app",
        issued=now,
        expires=now + 300,
        auth_time=now,
        user_epoch=0,
        tenant_id=tenant.name,
        scope=frozenset(),
    )
    return {"Authorization": f"Bearer {wiring.access_tokens.make(access)}"}


def test_an_owner_s_token_that_is_narrowed_to_nothing_does_nothing(
    wiring: Wiring, world: World
) -> None:
    narrow, before = narrowed_to_nothing(wiring, world.tenant), world.seen()
    done = {e.name for e in matrix.entries() if succeeded(world.ask(e, narrow))}
    assert done == EVERYBODYS - {"auth GET /sessions", "auth PATCH /me"}
    assert world.seen() == before


def test_a_viewer_changes_nothing_but_what_is_their_own(world: World) -> None:
    viewer, before = world.tenant.who["viewer"].credential, world.seen()
    changing = [entry for entry in matrix.entries() if entry.route.method != "GET"]
    done = {entry.name for entry in changing if succeeded(world.ask(entry, viewer))}
    assert done <= EVERYBODYS | VIEWERS
    assert world.seen() == before


def test_a_higher_role_may_all_that_a_lower_one_may(world: World) -> None:
    """Each is asked in turn, the lowest first: what one has ended is gone for the next."""
    ascending = [world.tenant.who[role].credential for role in reversed(list(BUILT_IN))]
    wrong = {}
    for entry in matrix.entries():
        refused = [world.ask(entry, each).status_code == 403 for each in ascending]
        if refused != sorted(refused, reverse=True):
            wrong[entry.name] = refused
    assert wrong == {}


def test_who_is_nobody_may_nothing(world: World) -> None:
    answers = {e.name: world.ask(e, {}).status_code for e in matrix.entries()}
    assert set(answers.values()) == {401}
