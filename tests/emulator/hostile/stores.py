"""Rows 130 to 137: what was sealed, what is counted, what is away, and what rules refuse."""

from collections.abc import Callable
from typing import Any

import grpc
import orjson
from google.cloud import firestore
from werkzeug.test import TestResponse

from scripts.suite.ports import free_port
from shared.auth.user_store import Users
from shared.platform.channels import client_of
from shared.platform.keys import PublicKeys
from shared.streams import documents
from shared.streams.models import Stream
from tests.builders import unique
from tests.emulator.entry.test_sealed_calls import HARM
from tests.emulator.hostile.catalogue import (
    AWAY,
    CONFLICT,
    FORBIDDEN,
    Expected,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import HUB, World
from tests.emulator.rules.builders import (
    ANA,
    BACKBONE_ONLY,
    BEN,
    HUB_DOCUMENTS,
    UNREGISTERED,
)
from tests.emulator.rules.builders import HUB as GUARDED
from tests.emulator.rules.conftest import guarded
from tests.emulator.rules.harness import Client, Database, id_token

ECOSYSTEM = "/api/v1/ecosystem/streams"
QUOTA: Expected = (429, "quota-exceeded")


def harmed(harm: Callable[[str], str]) -> Send:
    """A sealed value that somebody has changed in the store."""

    def send(world: World) -> TestResponse:
        tenant, name = world.tenant(), unique("order")
        path, key = f"{ECOSYSTEM}/{name}", world.key(tenant)
        told = {"eventType": "x", "data": {"email": "ana@example.org"}, "personal": ["email"]}
        body = {"expectedVersion": 0, "events": [{**told, "schemaVersion": 1}]}
        keyed = {"key": key, "function": "ecosystem", "Idempotency-Key": name}
        assert world.call("POST", f"{path}/events", body, **keyed).status_code == 201
        stored = world.parts.hub.document(documents.event_path(Stream(tenant, name), 1))
        data: dict[str, Any] = orjson.loads((stored.get().to_dict() or {})["data"])
        changed = data | {"email": harm(data["email"])}
        stored.update({"data": orjson.dumps(changed).decode()})
        return world.call("GET", f"{path}/state", key=key, function="ecosystem")

    return send


each(130, CONFLICT, [(f"harm {number}", harmed(harm)) for number, harm in enumerate(HARM)])


@case(131, QUOTA)
def one_request_more_than_the_limit(world: World) -> TestResponse:
    """Three limits, one of them exhausted: what that denies, the others do not count."""
    call = world.at(world.another(HYPHAE_RATE_LIMITS='{"write": 3, "key": 9, "tenant": 9}'))
    key = world.key(world.tenant())
    asked = {"permission": "events:event:read"}
    answers = [call("POST", "/authorize", asked, key=key) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert call("GET", "/api-keys", key=key).headers["RateLimit"].startswith('"key";r=5;')
    return answers[-1]


@case(133, AWAY)
def the_key_server_is_away_at_a_cold_start(world: World) -> TestResponse:
    parts = world.another()
    parts.keys = PublicKeys(f"http://127.0.0.1:{free_port()}/keys")
    return _waited(world.at(parts)("GET", "/me", token=world.person()))


def _waited(answer: TestResponse) -> TestResponse:
    assert int(answer.headers["Retry-After"]) >= 1
    return answer


class Meddler(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc]  # untyped library
    """Changes a document before each commit, so that no condition on it ever holds."""

    def __init__(self, document: firestore.DocumentReference) -> None:
        self._document = document

    def intercept_unary_unary(self, forward: Callable[..., Any], details: Any, request: Any) -> Any:
        if details.method.endswith("/Commit"):
            self._document.update({"meddled": firestore.Increment(1)})
        return forward(details, request)


@case(134, AWAY)
def a_change_that_somebody_else_is_always_faster_at(world: World) -> TestResponse:
    token, parts = world.person(), world.another()
    document = world.parts.hub.document(f"users/{world.user_id(token)}")
    parts.__dict__["users"] = Users(client_of(HUB, Meddler(document)))
    return _waited(world.at(parts)("PATCH", "/me", {"displayName": "Eve"}, token=token))


def with_rules() -> Database:
    database = guarded(GUARDED)
    database.reset({**HUB_DOCUMENTS, **BACKBONE_ONLY})
    return database


def by_rules(allowed: Callable[[Client], bool], uid: str = BEN, project: str = GUARDED) -> Send:
    """What an app asks of Firestore itself, with its user's own token."""

    def send(_: World) -> Expected:
        client = with_rules().client(id_token(project, uid))
        return (200, "") if allowed(client) else FORBIDDEN

    return send


OWNED = "tenants/las-reinas"
WRITES: dict[str, Callable[[Client], bool]] = {
    "an entry": lambda client: client.may_set("audit/las-reinas/entries/0-1", {"action": "x"}),
    "a head": lambda client: client.may_set("audit/las-reinas/heads/0", {"count": "0"}),
    "what is effective": lambda client: client.may_set(f"effective/las-reinas__{BEN}", {"p": "x"}),
    "a member": lambda client: client.may_set(f"{OWNED}/members/{BEN}", {"roles": ["owner"]}),
    "where they are": lambda client: client.may_change(f"users/{BEN}", "tenants", "refugio"),
    "a role": lambda client: client.may_change(OWNED, "rolesVersion", "9"),
}
each(136, FORBIDDEN, [(name, by_rules(write)) for name, write in WRITES.items()])


def read_las_reinas(client: Client) -> bool:
    return client.may_get(OWNED)


@case(137, FORBIDDEN)
def a_token_of_a_project_that_is_not_registered(world: World) -> Expected:
    """The engine itself does not check `aud`: the same user is let in by a registered project's."""
    assert by_rules(read_las_reinas)(world) == (200, "")
    found = by_rules(read_las_reinas, project=UNREGISTERED)(world)
    assert not isinstance(found, TestResponse)
    return found


each(137, FORBIDDEN, [("another tenant's document", by_rules(read_las_reinas, uid=ANA))])


@case(137, FORBIDDEN)
def rules_that_look_up_more_than_the_engine_allows(_: World) -> Expected:
    """Eleven look-ups are refused where ten are not: what ours need must stay below."""
    asked = " && ".join(f"exists(/databases/$(d)/documents/t/{n})" for n in range(1, 12))
    database = Database(with_rules().host, unique("demo-rules-lookups"))
    documents = {f"t/{number}": {"n": 1} for number in range(12)}
    found = []
    for condition in (asked.rpartition(" && ")[0], asked):
        where = f"match /databases/{{d}}/documents/t/{{x}} {{ allow read: if {condition}; }}"
        database.load_rules(f"rules_version = '2'; service cloud.firestore {{ {where} }}")
        database.reset(documents)
        found.append(database.client(id_token(GUARDED, BEN)).may_get("t/0"))
    assert found == [True, False]
    return FORBIDDEN
