"""What happened in all of a tenant's streams, found by type and time."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.kernel.errors import InvalidRequest
from shared.kernel.pages import encode_cursor
from shared.streams.models import Append, Draft, Search, Stream
from shared.wiring import Wiring
from tests.builders import NEW_YEAR, unique
from tests.emulator.conftest import SetClock

NOON = "2026-01-01T12:00:00Z"


@pytest.fixture
def tenant(wiring: Wiring, clock: SetClock) -> str:
    """Two streams, with an event of type `a` and one of type `b` in each, a day apart."""
    tenant = unique("tenant")
    for day, stream_id in enumerate(("order-1", "order_2")):
        clock.moment = NEW_YEAR + timedelta(days=day)
        drafts = [Draft("a", {"day": day, "email": "x"}, 1, ("email",)), Draft("b", {"day": day})]
        append = Append(unique("key"), 0, drafts, "ana")
        wiring.event_store.append(Stream(tenant, stream_id), append)
    return tenant


def found(wiring: Wiring, search: Search, limit: int = 100) -> Sequence[tuple[str, int]]:
    """Streams and versions, page by page."""
    everything: list[tuple[str, int]] = []
    cursor: str | None = None
    for _ in range(10):
        page = wiring.event_history.page(search, limit, cursor)
        everything += [(event.stream_id, event.version) for event in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return everything
    raise AssertionError("the history does not end")


ALL = [("order-1", 1), ("order-1", 2), ("order_2", 1), ("order_2", 2)]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_pages_give_every_event_once_oldest_first(wiring: Wiring, tenant: str, limit: int) -> None:
    assert found(wiring, Search(tenant), limit) == ALL


def test_it_is_narrowed_by_type_and_time(wiring: Wiring, tenant: str) -> None:
    second = NEW_YEAR + timedelta(days=1)
    assert found(wiring, Search(tenant, ("a",))) == [ALL[0], ALL[2]]
    assert found(wiring, Search(tenant, ("a", "b", "c"))) == ALL
    assert found(wiring, Search(tenant, begins=second)) == ALL[2:]
    assert found(wiring, Search(tenant, ends=second)) == ALL[:2]
    assert found(wiring, Search(tenant, ("b",), NEW_YEAR, second)) == [ALL[1]]


def test_it_is_each_tenant_s_own(wiring: Wiring, tenant: str) -> None:
    assert found(wiring, Search(f"{tenant}2")) == []
    cursor = wiring.event_history.page(Search(tenant), 1, None).next_cursor
    with pytest.raises(InvalidRequest):
        wiring.event_history.page(Search(f"{tenant}2"), 1, cursor)


def test_what_is_personal_is_withheld_and_named(wiring: Wiring, tenant: str) -> None:
    first = wiring.event_history.page(Search(tenant), 1, None).items[0]
    assert (first.data, first.redacted) == ({"day": 0, "email": None}, ("email",))


@pytest.mark.parametrize(
    "position",
    [
        (),
        (NOON, "s"),
        (NOON, "s", "1", "more"),
        ("noon", "s", "1"),
        ("2026-01-01T13:00:00+01:00", "s", "1"),
        (NOON, "a/b", "1"),
        (NOON, "", "1"),
        (NOON, "s", "0"),
        (NOON, "s", "01"),
        (NOON, "s", "-1"),
        (NOON, "s", "x"),
        (NOON, "s", "9" * 11),
        (NOON, "s", "9" * 5000),
    ],
)
def test_a_forged_position_is_refused(wiring: Wiring, position: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest):
        wiring.event_history.page(Search("t"), 1, encode_cursor("history:t", *position))
