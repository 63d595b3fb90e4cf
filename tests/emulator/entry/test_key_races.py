"""Changes of API keys whose answer is lost, or that another entry comes between: done, and once."""

from typing import Any

import pytest

from shared.platform.firestore import ChangedMeanwhile, OutcomeUnknown
from shared.platform.wire import Wire
from shared.wiring import Wiring
from tests.emulator.entry.clients import AsUser
from tests.emulator.entry.keys import KEYS, actions, issued, rotated, using
from tests.emulator.entry.people import Tenant, peopled
from tests.unit.entry.calls import code


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, "owner")


def _losing_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first commit is done, and its outcome is not told."""
    commit, lost = Wire.commit, [OutcomeUnknown()]

    def once(self: Wire, writes: Any) -> Any:
        done = commit(self, writes)
        if lost:
            raise lost.pop()
        return done

    monkeypatch.setattr(Wire, "commit", once)


def test_a_rotation_whose_answer_is_lost_takes_nothing_from_the_secret_before(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = tenant.who["owner"]
    first = issued(owner)
    _losing_the_answer(monkeypatch)
    second = rotated(owner, first["keyId"]).get_json()
    assert [using(owner, made["key"]).status_code for made in (first, second)] == [200, 200]
    assert actions(tenant) == ["api-key.rotate", "api-key.create"]


def test_a_key_whose_answer_is_lost_is_made_once(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = tenant.who["owner"]
    _losing_the_answer(monkeypatch)
    made = issued(owner)
    assert using(owner, made["key"]).status_code == 200
    assert [each["keyId"] for each in owner.get(KEYS).get_json()["items"]] == [made["keyId"]]
    assert actions(tenant) == ["api-key.create"]


def test_an_exposure_is_told_of_although_another_entry_came_between(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = tenant.who["owner"]
    key = issued(owner)["key"]
    commit, lost = Wire.commit, [ChangedMeanwhile()]

    def slower(self: Wire, writes: Any) -> Any:
        if lost:
            raise lost.pop()
        return commit(self, writes)

    monkeypatch.setattr(Wire, "commit", slower)
    assert code(owner.delete(f"{KEYS}/{key}")) == (400, "invalid-request")
    assert actions(tenant) == ["api-key.exposed", "api-key.create"]
