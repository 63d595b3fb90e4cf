"""The door to Firestore, on a real store."""

from collections.abc import Callable
from pathlib import Path

import pytest
from google.cloud import firestore

from shared.kernel.errors import ValidationFailed
from shared.platform import firestore as db
from shared.platform.calls import Calls
from shared.platform.wire import Wire
from shared.wiring import Wiring
from tests.builders import unique


def test_a_document_is_created_once(wiring: Wiring) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    assert db.create(reference, {"n": 1}) is True
    assert db.create(reference, {"n": 2}) is False
    found = db.read(reference)
    assert found is not None
    assert found[0] == {"n": 1}


def test_one_document_is_found_by_its_name_or_is_none(wiring: Wiring) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    calls, name = Calls(wiring.hub), f"{wiring.hub._database_string}/documents/{reference.path}"
    assert calls.one(name) is None
    db.create(reference, {"n": 1})
    assert calls.one(name).fields["n"].integer_value == 1


def test_what_the_store_cannot_hold_is_refused_as_such(wiring: Wiring) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    with pytest.raises(ValidationFailed):
        db.create(reference, {"__reserved__": 1})
    assert db.read(reference) is None


def test_a_write_on_a_document_that_changed_is_to_be_decided_again(wiring: Wiring) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    db.create(reference, {"n": 1})
    found = db.read(reference)
    assert found is not None
    reference.update({"n": 2})
    batch = wiring.hub.batch()
    option = wiring.hub.write_option(last_update_time=found[1])
    batch.update(reference, {"n": 3}, option=option)
    with pytest.raises(db.ChangedMeanwhile):
        db.commit(batch)


def test_a_create_in_a_batch_that_comes_late_finds_the_document(wiring: Wiring) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    db.create(reference, {"n": 1})
    batch = wiring.hub.batch()
    batch.create(reference, {"n": 2})
    with pytest.raises(db.AlreadyThere):
        db.commit(batch)


def _memory() -> int:
    """Of this process, in pages of 4 KB."""
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.parametrize(
    "look",
    [
        lambda one: db.read(one),
        lambda one: db.find(one.parent.limit(1)),
        lambda one: db.count(one.parent.limit(1)),
        lambda one: Wire(one._client).get([f"scratch/{one.id}"]),
        lambda one: Wire(one._client).ordered("scratch", "n", 0, 1),
    ],
    ids=["read", "find", "count", "get", "ordered"],
)
def test_an_answer_is_not_kept(
    wiring: Wiring, look: Callable[[firestore.DocumentReference], object]
) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    db.create(reference, {"n": 1})
    for _ in range(100):
        look(reference)
    before = _memory()
    for _ in range(500):
        look(reference)
    assert _memory() - before < 1000
