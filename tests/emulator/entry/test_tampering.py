"""What becomes of whoever tampers with the audit: it is found, whatever they did."""

import json
from collections.abc import Callable

import pytest
from google.cloud.firestore import DocumentReference, DocumentSnapshot

from shared.auth.chain import Act, Head, appended
from shared.wiring import Wiring
from tests.emulator.entry.clients import AsUser
from tests.emulator.entry.people import VERIFY, Tenant, audited

Entries = list["DocumentSnapshot[DocumentReference]"]


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return audited(wiring, as_user)


def verdict(tenant: Tenant) -> tuple[bool, int, str | None]:
    found = tenant.who["owner"].post(VERIFY).get_json()
    return found["valid"], found["entries"], found["brokenAt"]


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
