"""A change and what is told of it: both or neither, and once, whatever becomes of a commit."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import Tenant
from shared.catalogue.models import ITEMS, Entry, Menu
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.platform.firestore import ChangedMeanwhile, OutcomeUnknown
from shared.platform.wire import Wire
from shared.wiring import Wiring
from tests.emulator.catalogue.conftest import ITEM

Fault = Callable[[Wire, Any], Any]
COMMIT = Wire.commit


class Died(BaseException):
    """The instance is gone: nothing of ours may catch it."""


def lost_before(_: Wire, writes: Any) -> Any:
    raise ChangedMeanwhile


def lost_after(wire: Wire, writes: Any) -> Any:
    COMMIT(wire, writes)
    raise OutcomeUnknown


def dies_before(_: Wire, writes: Any) -> Any:
    raise Died


def dies_after(wire: Wire, writes: Any) -> Any:
    COMMIT(wire, writes)
    raise Died


FAULTS = (lost_before, lost_after, dies_before, dies_after)


@pytest.fixture
def menu(tenant: Tenant) -> Menu:
    return Menu(tenant, ITEMS)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The next commits end so, one after the other; those behind them as they should."""

    def fail(*faults: Fault) -> None:
        left: Iterator[Fault] = iter(faults)
        monkeypatch.setattr(Wire, "commit", lambda w, writes: next(left, COMMIT)(w, list(writes)))

    return fail


def versions(wiring: Wiring, entry: Entry) -> list[int]:
    """The versions of an entry that events tell of."""
    about = FieldFilter("subject", "==", entry.entry_id)
    found = wiring.hub.collection("ecosystem_events").where(filter=about).get()
    return sorted((row.to_dict() or {})["payload"]["version"] for row in found)


def as_product_would(act: Callable[[], Any]) -> Any:
    """Once more where the instance died: the product had no answer."""
    try:
        return act()
    except Died:
        return act()


@pytest.mark.parametrize("fault", FAULTS)
def test_an_item_is_added_once(
    wiring: Wiring, menu: Menu, failing: Callable[..., None], fault: Fault
) -> None:
    failing(fault)
    added = as_product_would(lambda: wiring.catalogue.add(menu, ITEM, "SMP", "key"))
    assert versions(wiring, added.entry) == [1]
    assert wiring.catalogue.page(menu, 10, None).items == [added.entry]


def test_an_item_without_a_key_is_added_once_though_the_answer_is_lost(
    wiring: Wiring, menu: Menu, failing: Callable[..., None]
) -> None:
    failing(lost_after)
    added = wiring.catalogue.add(menu, ITEM, "SMP", None)
    assert (added.replay, versions(wiring, added.entry)) == (False, [1])
    assert len(wiring.catalogue.page(menu, 10, None).items) == 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("expected", [None, 1])
def test_an_edit_is_told_once(
    wiring: Wiring, menu: Menu, failing: Callable[..., None], fault: Fault, expected: int | None
) -> None:
    """One that names its version does not take its own lost commit for somebody else's."""
    entry = wiring.catalogue.add(menu, ITEM, "SMP", None).entry
    failing(fault)
    edit = (menu, entry.entry_id, {"price": 500}, "SMP")
    if fault is dies_after:
        expected = None
    after = as_product_would(lambda: wiring.catalogue.edit(*edit, expected))
    assert (after.version, after.fields["price"]) == (2, 500)
    assert versions(wiring, entry) == [1, 2]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_removal_is_told_once(
    wiring: Wiring, menu: Menu, failing: Callable[..., None], fault: Fault
) -> None:
    entry = wiring.catalogue.add(menu, ITEM, "SMP", None).entry
    failing(fault)
    remove = (menu, entry.entry_id, "SMP", None)
    if fault is dies_after:
        with pytest.raises(NotFound):
            as_product_would(lambda: wiring.catalogue.remove(*remove))
    else:
        as_product_would(lambda: wiring.catalogue.remove(*remove))
    assert versions(wiring, entry) == [1, 2]
    assert wiring.catalogue.page(menu, 10, None).items == []


def test_a_store_that_never_answers_is_said_to_be_away_and_nothing_is_told(
    wiring: Wiring, menu: Menu, failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = wiring.catalogue.add(menu, ITEM, "SMP", None).entry
    monkeypatch.setattr("shared.catalogue.service.pause", lambda _: None)
    for act in (
        lambda: wiring.catalogue.edit(menu, entry.entry_id, {"price": 500}, "SMP", None),
        lambda: wiring.catalogue.remove(menu, entry.entry_id, "SMP", None),
        lambda: wiring.catalogue.add(menu, ITEM, "SMP", None),
    ):
        failing(*[lost_before] * 20)
        with pytest.raises(DependencyUnavailable):
            act()
    assert wiring.catalogue.page(menu, 10, None).items == [entry]
    assert versions(wiring, entry) == [1]
