"""Lists of events on a real store: complete, in order, and each tenant's own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from shared.events.models import Event, Filter
from shared.kernel.errors import InvalidRequest
from shared.kernel.pages import encode_cursor
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.events.conftest import Emit


def listed(wiring: Wiring, filter_: Filter, limit: int = 100) -> list[str]:
    """The ids on all pages."""
    found: list[str] = []
    cursor: str | None = None
    for _ in range(200):
        page = wiring.feed.page(filter_, limit, cursor)
        found += [e.event_id for e in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


def ids(events: Sequence[Event]) -> list[str]:
    return [e.event_id for e in events]


def test_a_tenant_sees_its_own_events_alone(wiring: Wiring, emit: Emit, tenant: str) -> None:
    mine = emit()
    emit(tenant_id=unique("tenant"))
    emit(tenant_id=None)
    assert listed(wiring, Filter(tenant)) == [mine.event_id]


def test_events_come_oldest_first_whatever_order_they_were_written_in(
    wiring: Wiring, recorded: Emit, tenant: str
) -> None:
    start = datetime.now(UTC)
    written = [recorded(recorded_at=start + timedelta(seconds=s)) for s in (3, 1, 2)]
    assert listed(wiring, Filter(tenant)) == ids([written[1], written[2], written[0]])


def test_a_list_is_narrowed_by_target_and_type(wiring: Wiring, emit: Emit, tenant: str) -> None:
    for_all = emit(event_type="a")
    for_smp = emit(event_type="b", targets=("SMP",))
    for_both = emit(event_type="a", targets=("SMP", "CRM"))
    assert listed(wiring, Filter(tenant, target="SMP")) == ids([for_all, for_smp, for_both])
    assert listed(wiring, Filter(tenant, target="CRM")) == ids([for_all, for_both])
    assert listed(wiring, Filter(tenant, types=("a",))) == ids([for_all, for_both])
    assert listed(wiring, Filter(tenant, target="SMP", types=("b", "c"))) == ids([for_smp])
    assert listed(wiring, Filter(tenant, target="NOBODY")) == ids([for_all])


def test_as_many_types_as_a_call_may_name_are_found_at_once(
    wiring: Wiring, emit: Emit, tenant: str
) -> None:
    emitted = [emit(event_type=f"type_{n}", targets=("SMP",)) for n in range(15)]
    types = tuple(e.event_type for e in emitted)
    assert listed(wiring, Filter(tenant, target="SMP", types=types)) == ids(emitted)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_give_every_event_exactly_once(
    wiring: Wiring, recorded: Emit, tenant: str, limit: int
) -> None:
    moment = datetime.now(UTC)
    emitted = [recorded(recorded_at=moment + timedelta(microseconds=n // 3)) for n in range(8)]
    found = listed(wiring, Filter(tenant), limit)
    assert sorted(found) == sorted(ids(emitted))
    assert len(found) == len(set(found))


def test_pages_of_what_is_not_processed_skip_over_what_is(
    wiring: Wiring, emit: Emit, tenant: str
) -> None:
    emitted = [emit() for _ in range(12)]
    for done in emitted[:10]:
        wiring.consumers.acknowledge(done.event_id, "SMP")
    assert listed(wiring, Filter(tenant, processed=False), limit=1) == ids(emitted[10:])
    assert listed(wiring, Filter(tenant, processed=True), limit=4) == ids(emitted[:10])


def test_a_cursor_of_another_tenant_is_refused(wiring: Wiring, emit: Emit, tenant: str) -> None:
    emit()
    emit()
    cursor = wiring.feed.page(Filter(tenant), 1, None).next_cursor
    for other in (unique("tenant"), None):
        with pytest.raises(InvalidRequest):
            wiring.feed.page(Filter(other), 1, cursor)


NOON = "2026-01-01T12:00:00Z"


@pytest.mark.parametrize(
    "position",
    [
        (NOON,),
        (NOON, "id", "more"),
        ("noon", "id"),
        ("", "id"),
        ("2026-01-01", "id"),
        ("2026-01-01T12:00:00", "id"),
        ("2026-01-01T12:00:00+00:00", "id"),
        ("2026-01-01T13:00:00+01:00", "id"),
        ("0001-01-01T00:00:00+23:00", "id"),
        ("9999-12-31T23:59:59-23:00", "id"),
        (NOON, ""),
        (NOON, ".."),
        (NOON, "a/b"),
        (NOON, "__x__"),
        (NOON, "x" * 2000),
        (NOON, "é"),
    ],
)
def test_a_forged_position_is_refused(
    wiring: Wiring, tenant: str, position: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidRequest):
        wiring.feed.page(Filter(tenant), 1, encode_cursor(f"events:{tenant}", "", *position))


@pytest.mark.parametrize("parts", [(), ("short",), ("x" * 8 * 501,), ("é" * 8, "noon", "id")])
def test_forged_marks_are_refused(wiring: Wiring, tenant: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest):
        wiring.feed.page(Filter(tenant), 1, encode_cursor(f"events:{tenant}", *parts))
