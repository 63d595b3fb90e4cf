"""The door to Firestore, on a real store."""

import pytest

from shared.kernel.errors import ValidationFailed
from shared.platform import firestore as db
from shared.wiring import Wiring
from tests.builders import unique


def test_a_document_is_created_once(wiring: Wiring) -> None:
    reference = wiring.hub.collection("scratch").document(unique("doc"))
    assert db.create(reference, {"n": 1}) is True
    assert db.create(reference, {"n": 2}) is False
    found = db.read(reference)
    assert found is not None
    assert found[0] == {"n": 1}


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
