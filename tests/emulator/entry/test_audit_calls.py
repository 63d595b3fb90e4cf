"""The audit over HTTP, and what becomes of whoever tampers with it."""

import json
from collections.abc import Callable

import pytest
from google.cloud.firestore import DocumentReference, DocumentSnapshot

from shared.auth.chain import Act, Head, appended
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


def _longest(entries: Entries) -> Entries:
    shards = {entry.id.partition("-")[0] for entry in entries}
    chains = [[one for one in entries if one.id.startswith(f"{shard}-")] for shard in shards]
    return max(chains, key=len)


def _cut_with_its_head(entries: Entries) -> str:
    """All but one entry of a chain are gone, and the head says that there never were more."""
    chain = _longest(entries)
    for entry in chain[1:]:
        entry.reference.delete()
    left = chain[0].to_dict() or {}
    _head_of(chain).set({"count": 1, "hash": left["hash"]})
    return chain[1].id


def _rewritten_with_its_head(entries: Entries) -> str:
    """A chain that tells otherwise, and holds."""
    chain, end = _longest(entries), Head()
    shard, book = chain[0].id.partition("-")[0], chain[0].reference.path.partition("/entries/")[0]
    for entry in chain:
        act = Act("user:nobody", "role.put", "r", {})
        told = appended(book, int(shard, 16), end, act, (entry.to_dict() or {})["at"])
        said = {"prev": told.prev, "hash": told.hash, "at": told.at, **act._asdict()}
        entry.reference.set(said)
        end = Head(told.seq, told.hash)
    _head_of(chain).set({"count": end.length, "hash": end.hash})
    return chain[-1].id


def _all_gone(entries: Entries) -> str:
    for entry in entries:
        _head_of([entry]).delete()
        entry.reference.delete()
    return entries[0].id


@pytest.mark.parametrize(
    "tamper",
    [
        _cut_with_its_head,
        _all_gone,
        _rewritten_with_its_head,
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
    wiring: Wiring,
    tenant: Tenant,
    tamper: Callable[[Entries], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verdict(tenant) == (True, 24, None)
    entries = wiring.hub.collection(f"audit/{tenant.name}/entries").order_by("__name__").get()
    where = tamper(list(entries))
    valid, _, broken_at = verdict(tenant)
    assert (valid, broken_at) == (False, where)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [line for line in lines if line["message"] == "audit verified"]
    assert [(line["severity"], line["broken_at"]) for line in told] == [
        ("INFO", None),
        ("ERROR", where),
    ]
    assert sum(int(end.partition(":")[0]) for end in told[0]["heads"].values()) == 24


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


def test_what_was_cut_is_found_although_more_is_written_behind_it(
    wiring: Wiring, tenant: Tenant
) -> None:
    """The anchor of a chain adds up; no later entry puts it right."""
    entries = list(wiring.hub.collection(f"audit/{tenant.name}/entries").order_by("__name__").get())
    _cut_with_its_head(entries)
    for number in range(24, 72):
        answer = tenant.who["admin"].send("PUT", tenant.at("roles", "r"), {"inherits": []})
        assert answer.get_json()["version"] == number + 1
    assert not verdict(tenant)[0]
