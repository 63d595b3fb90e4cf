"""What a change makes of an entry, whom it is told, and how a sync goes on."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.models import Tenant
from shared.catalogue import progress, rules
from shared.catalogue.models import (
    ERROR,
    ITEMS,
    PENDING,
    SUCCESS,
    SYNCING,
    Entry,
    Menu,
    Part,
    Place,
    Report,
    Run,
    TenantSync,
)
from shared.kernel.errors import Conflict
from tests.builders import NEW_YEAR

FIELDS: dict[str, Any] = {"name": "Taco", "price": 450, "available": True, "categoryId": None}
PRODUCTS = ("ORDERING", "SMP", "DIGITAL_MENU")
STATUSES = (PENDING, SYNCING, SUCCESS, ERROR)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Taco", "Suadero"]),
        "price": st.sampled_from([450, 500]),
        "categoryId": st.sampled_from([None, "tacos"]),
    },
)
SKEWS = st.integers(-600, 600).map(lambda seconds: timedelta(seconds=seconds))
EDITS = st.lists(st.tuples(CHANGES, st.sampled_from(PRODUCTS), SKEWS), max_size=8)
REPORTS = st.sampled_from(STATUSES).map(Report)


def tenant(*products: str) -> Tenant:
    return Tenant("t", "t", "T", "active", products, "USD")


def taco() -> Entry:
    return rules.added("e", FIELDS, "ORDERING", NEW_YEAR)


@given(EDITS)
def test_each_change_is_told_once_in_the_order_of_times_and_replays_to_what_is_kept(
    edits: list[Any],
) -> None:
    """However the writers' clocks differ."""
    menu, entry = Menu(tenant(*PRODUCTS), ITEMS), taco()
    events = [rules.addition(menu, entry)]
    for changes, source, skew in edits:
        after = rules.edited(entry, changes, source, NEW_YEAR + skew)
        assert (after is entry) == (changes.items() <= entry.fields.items())
        if after is not entry:
            events.append(rules.update(menu, entry, after))
        entry = after
    assert [event.payload["version"] for event in events] == list(range(1, entry.version + 1))
    assert len({event.event_id for event in events}) == len(events)
    assert sorted(events, key=lambda event: event.recorded_at) == events
    replayed: dict[str, Any] = {}
    for event in events:
        replayed |= {name: event.payload["fields"][name] for name in event.payload["changed"]}
        assert event.source not in event.targets
    assert replayed == entry.fields


@given(CHANGES, st.sampled_from(PRODUCTS))
def test_what_is_written_back_as_it_was_told_is_no_change(changes: Any, product: str) -> None:
    menu, before = Menu(tenant(*PRODUCTS), ITEMS), taco()
    after = rules.edited(before, changes, "SMP", NEW_YEAR)
    told = rules.update(menu, before, after).payload["fields"]
    assert rules.edited(after, told, product, NEW_YEAR) is after


def test_a_change_is_for_the_others_and_for_everybody_where_there_are_none() -> None:
    assert rules.audience(tenant("ORDERING", "SMP"), "SMP") == ("ORDERING",)
    assert rules.audience(tenant("ORDERING", "SMP"), "hyphae") == ("ORDERING", "SMP")
    assert rules.audience(tenant("SMP"), "SMP") == ("*",)
    assert rules.audience(tenant(), "hyphae") == ("*",)


def test_the_same_entry_of_another_tenant_has_other_events() -> None:
    mine = Menu(tenant("SMP"), ITEMS)
    theirs = Menu(Tenant("u", "u", "U", "active", ("SMP",), "USD"), ITEMS)
    assert rules.addition(mine, taco()).event_id != rules.addition(theirs, taco()).event_id


def test_only_the_version_that_was_read_is_overwritten() -> None:
    rules.require_version(taco(), None)
    rules.require_version(taco(), 1)
    with pytest.raises(Conflict) as stale:
        rules.require_version(taco(), 2)
    assert stale.value.members == {"version": 1}


@given(st.lists(REPORTS, max_size=8))
def test_any_reports_leave_a_state_that_tells_what_happened(reports: list[Report]) -> None:
    sync = TenantSync("SMP")
    for hours, report in enumerate(reports):
        now, before = NEW_YEAR + timedelta(hours=hours), sync
        sync = progress.reported(sync, report._replace(error="dark"), now)
        assert (sync.sync_status, sync.updated_at) == (report.sync_status, now)
        assert (sync.error is not None) == (sync.sync_status == ERROR)
        assert sync.last_sync_at == (now if sync.sync_status == SUCCESS else before.last_sync_at)
        assert not sync.running


def test_a_configuration_stays_until_another_comes() -> None:
    first = progress.reported(TenantSync("SMP"), Report(SYNCING, {"a": 1}), NEW_YEAR)
    assert progress.reported(first, Report(SUCCESS), NEW_YEAR).sync_config == {"a": 1}
    assert progress.reported(first, Report(SUCCESS, {}), NEW_YEAR).sync_config == {}


@given(st.sampled_from(STATUSES), st.integers(1, 5))
def test_a_run_waits_goes_on_and_succeeds_with_its_last_part(status: str, count: int) -> None:
    """From whatever state, and as one run while it is under way."""
    sync = progress.begun(TenantSync("SMP", status), "r", NEW_YEAR)
    seen = [sync.sync_status]
    for number in range(count):
        assert progress.begun(sync, "another", NEW_YEAR) is sync
        run = progress.under_way(sync, "r")
        assert run
        following = Place("menu_items", str(number)) if number + 1 < count else None
        sync = progress.advanced(sync, run, Part((), (), following), NEW_YEAR)
        seen.append(sync.sync_status)
    assert seen == [PENDING] + [SYNCING] * (count - 1) + [SUCCESS]
    assert progress.under_way(sync, "r") is None
    assert progress.begun(sync, "another", NEW_YEAR).running


def test_a_run_that_failed_or_was_ended_is_no_longer_under_way() -> None:
    begun = progress.begun(TenantSync("SMP"), "r", NEW_YEAR)
    assert progress.under_way(begun, "another") is None
    for ended in (
        progress.failed(begun, "KeyError", NEW_YEAR),
        progress.reported(begun, Report(ERROR), NEW_YEAR),
    ):
        assert isinstance(ended.run, Run)
        assert (ended.running, progress.under_way(ended, "r")) == (False, None)
