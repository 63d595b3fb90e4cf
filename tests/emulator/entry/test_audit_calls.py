"""The audit over HTTP, and what becomes of whoever tampers with it."""

from collections.abc import Callable

import pytest
from google.cloud.firestore import DocumentReference, DocumentSnapshot

from shared.wiring import Wiring
from tests.emulator.entry.people import AsUser, Tenant, WithKey, id_of, peopled
from tests.unit.entry.calls import code

AUDIT, VERIFY = "/api/v1/auth/audit", "/api/v1/auth/audit/verify"
Entries = list["DocumentSnapshot[DocumentReference]"]


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    """One in whose audit there are 24 entries, so that a chain has two of them at least."""
    made = peopled(wiring, as_user, "owner", "admin", "viewer")
    for number in range(24):
        answer = made.who["admin"].send("PUT", made.at("roles", "r"), {"inherits": []})
        assert answer.get_json()["version"] == number + 1
    return made


def verdict(tenant: Tenant) -> tuple[bool, int, str | None]:
    found = tenant.who["owner"].post(VERIFY).get_json()
    return found["valid"], found["entries"], found["brokenAt"]


def test_who_may_read_it_finds_it_newest_first(tenant: Tenant, with_key: WithKey) -> None:
    owner, seen, query = tenant.who["owner"], [], "?limit=10"
    for _ in range(3):
        page = owner.get(AUDIT + query).get_json()
        seen += page["items"]
        query = f"?limit=10&cursor={page['nextCursor']}"
    assert [entry["at"] for entry in seen] == sorted((e["at"] for e in seen), reverse=True)
    assert len({entry["entryId"] for entry in seen}) == 24
    assert {entry["actor"] for entry in seen} == {f"user:{tenant.ids['admin']}"}
    assert tenant.who["admin"].get(AUDIT).status_code == 200
    assert code(tenant.who["viewer"].get(AUDIT)) == code(tenant.who["viewer"].post(VERIFY))
    assert code(tenant.who["viewer"].get(AUDIT)) == (403, "forbidden")
    assert with_key("auth", None).get(AUDIT).status_code == 200
    stranger = with_key("auth", None).get(AUDIT + query.replace("limit=10&", ""))
    assert code(stranger) == (400, "invalid-request")


def _changed(entries: Entries) -> str:
    entries[3].reference.update({"actor": "user:somebody-else"})
    return entries[3].id


def _spoilt(entries: Entries) -> str:
    entries[5].reference.set({"at": "yesterday", "details": 7})
    return entries[5].id


def _removed(entries: Entries) -> str:
    entries[0].reference.delete()
    return entries[0].id


def _removed_from_the_end(entries: Entries) -> str:
    entries[-1].reference.delete()
    return entries[-1].id


def _swapped(entries: Entries) -> str:
    one, other = entries[1], entries[2]
    one.reference.set(other.to_dict() or {})
    other.reference.set(one.to_dict() or {})
    return one.id


def _added(entries: Entries) -> str:
    shard, seq = entries[-1].id.split("-")
    forged = f"{shard}-{int(seq) + 1:012d}"
    entries[-1].reference.parent.document(forged).set(entries[-1].to_dict() or {})
    return forged


def _head_of(entries: Entries) -> DocumentReference:
    book = entries[0].reference.parent.parent
    assert book
    found: DocumentReference = book.collection("heads").document(entries[0].id.partition("-")[0])
    return found


def _head_removed(entries: Entries) -> str:
    _head_of(entries).delete()
    return entries[0].id


def _head_spoilt(entries: Entries) -> str:
    _head_of(entries).set({"count": "many"})
    return entries[0].id


@pytest.mark.parametrize(
    "tamper",
    [
        _changed,
        _spoilt,
        _removed,
        _removed_from_the_end,
        _swapped,
        _added,
        _head_removed,
        _head_spoilt,
    ],
)
def test_what_was_tampered_with_is_found(
    wiring: Wiring, tenant: Tenant, tamper: Callable[[Entries], str]
) -> None:
    assert verdict(tenant) == (True, 24, None)
    entries = wiring.hub.collection(f"audit/{tenant.name}/entries").order_by("__name__").get()
    where = tamper(list(entries))
    valid, _, broken_at = verdict(tenant)
    assert (valid, broken_at) == (False, where)


def test_what_happens_to_a_users_sessions_is_told_to_them(
    as_user: AsUser, with_key: WithKey
) -> None:
    me, other = as_user("auth"), as_user("auth")
    user_id = id_of(me)
    begun = me.send("POST", "/api/v1/auth/sessions", {"audience": "demo-app"}).get_json()
    assert me.delete(f"/api/v1/auth/sessions/{begun['sessionId']}").status_code == 204
    reused = {"refreshToken": begun["refreshToken"]}
    assert me.send("POST", "/api/v1/auth/sessions/refresh", reused).status_code == 401
    assert me.delete("/api/v1/auth/sessions").status_code == 204
    reader = with_key("auth", None)
    listed = reader.get(f"{AUDIT}?userId={user_id}").get_json()["items"]
    assert [entry["action"] for entry in listed] == [
        "session.end-all",
        "session.end",
        "session.begin",
        "identity.register",
    ]
    assert begun["refreshToken"] not in str(listed)
    found = reader.send("POST", VERIFY, {"userId": user_id}).get_json()
    assert found == {"valid": True, "entries": 4, "brokenAt": None}
    foreign = [other.get(f"{AUDIT}?userId={name}") for name in (user_id, "nobody")]
    assert {code(answer) for answer in foreign} == {(404, "not-found")}
    assert other.get(f"{AUDIT}?userId={id_of(other)}").status_code == 200
