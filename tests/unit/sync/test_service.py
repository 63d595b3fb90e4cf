"""Changes from the topic: what can never succeed becomes a dead letter, and only that."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.errors import DependencyUnavailable
from shared.platform.firestore import ChangedMeanwhile
from shared.sync.mending import Only
from shared.sync.models import Bury, Found, Keep, Place, Write
from shared.sync.refusals import DeadLetter, Refused
from shared.sync.routes import End, Mirrored, Route
from shared.sync.scopes import Reading, scope_of
from shared.sync.service import Mirror
from shared.sync.stamps import stamp_at
from tests.unit.sync.builders import NOON, NOON_NS, document, event
from tests.unit.sync.users import put
from tests.unit.sync.world import World

WHOLE = event(
    document({"tenantId": "t", "x": [1, {"y": None}], "_sync": {"v": 1, "f": {}, "u": NOON}}),
    document({"tenantId": "t", "x": 2}, updated=NOON_NS + 1000),
)


class Office(World):
    """A world that keeps its dead letters, and whose commits can be made to fail."""

    def __init__(self, projects: int = 2) -> None:
        super().__init__(random.Random(1), projects)
        self.letters: list[DeadLetter] = []
        self.failure: Exception | None = None
        self.away = ""  # the only project whose commits fail; else those of all
        self.commits = 0

    def keep(self, letter: DeadLetter) -> None:
        self.letters.append(letter)

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        self.commits += 1
        if self.failure and self.away in ("", place.project):
            raise self.failure
        super().commit(place, found, outcome, write)

    def at(self, project: str, collection: str) -> Mirrored | None:
        return super().at(project, collection) if project in self.projects else None

    def causes(self) -> list[str]:
        return [letter.cause for letter in self.letters]


@pytest.mark.parametrize("data", [b"\x0a\xff", b"{}", b"not base64!", b"\x0a\x03abc"])
def test_what_cannot_be_read_is_kept_as_it_came(data: bytes) -> None:
    office = Office()
    office.mirror.apply(data, "event", NOON)
    assert office.letters == [DeadLetter("UNREADABLE_EVENT", "event", data=data)]


@settings(max_examples=100)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 20), st.binary(max_size=9))
def test_a_mangled_change_never_comes_again(at: int, cut: int, put_in: bytes) -> None:
    Office().mirror.apply(WHOLE[:at] + put_in + WHOLE[at + cut :], "event", NOON)


def test_a_peer_that_is_registered_no_more_keeps_nobody_else_from_hearing() -> None:
    office = Office(projects=3)
    gone = {**office.settings.projects, "b": "demo-other"}
    settings = replace(office.settings, projects=gone)
    mirror = Mirror(office, office, office, settings, sleep=lambda _: None)
    mirror.apply(event(new=document({"tenantId": "t", "x": 1})), "event", NOON)
    assert [(letter.cause, letter.peer) for letter in office.letters] == [
        ("UNREGISTERED_PROJECT", "demo-b")
    ]
    assert office.contents()[2] is not None


@pytest.mark.parametrize("away", ["b", "c"])
def test_a_peer_that_is_away_keeps_nobody_else_from_hearing(away: str) -> None:
    office, change = Office(projects=3), event(new=document({"tenantId": "t", "x": 1}))
    office.away, office.failure = f"demo-{away}", DependencyUnavailable(reason="down")
    for _ in range(2):
        with pytest.raises(DependencyUnavailable):
            office.mirror.apply(change, "event", NOON)
    assert [found is not None for found in office.contents()] == [False, away == "c", away == "b"]
    office.failure = None
    office.mirror.apply(change, "event", NOON)
    assert [found is not None for found in office.contents()] == [False, True, True]


def test_a_change_under_a_policy_of_a_project_that_is_gone_is_kept() -> None:
    office = Office()
    one, other = (End(project=name, collection="cases") for name in ("demo-a", "demo-b"))
    owned = {"x": "owner(demo-b)"}
    stored = Route(source=one, target=other, direction="both", policies=owned, enabled=True)
    settings = replace(office.settings, projects={"a": "demo-a"})
    mirror = Mirror(office, Only(stored, settings.alias), office, settings)
    mirror.apply(event(new=document({"tenantId": "t", "x": 1})), "event", NOON)
    assert office.causes() == ["UNREGISTERED_PROJECT"]


def test_a_stamp_of_nothing_that_travels_is_none() -> None:
    office = Office()
    reading = Reading("tenantId", frozenset("y"), frozenset())
    office.scope = scope_of(reading, office.settings.alias)
    marks = {"v": 1, "f": {"x": stamp_at(NOON_NS // 1000, "a")}}
    by = {"by": "sdk", "in": "a", "ev": "e", "over": NOON}
    before = document({"tenantId": "t", "y": 1})
    after = document({"tenantId": "t", "y": 2, "_sync": marks | {"w": by}}, NOON_NS + 1_000)
    office.mirror.apply(event(before, after), "event", NOON)
    assert (office.contents()[1] or {}).keys() == {"tenantId", "y"}


def test_a_change_of_no_document_is_nothing() -> None:
    office = Office()
    office.mirror.apply(b"", "event", NOON)
    assert office.letters == []


def test_a_change_arrives_from_its_bytes() -> None:
    office = Office()
    office.mirror.apply(event(new=document({"tenantId": "t", "x": 1})), "event", NOON)
    assert set(office.contents()[1] or {}) == {"tenantId", "x"}


def test_a_document_without_a_tenant_is_kept_with_the_cause() -> None:
    office = Office()
    office.mirror.apply(event(new=document({"x": 1})), "event", NOON)
    assert office.causes() == ["TENANT_MISSING"]
    assert office.contents() == [None, None]


def test_a_document_that_firestore_refuses_is_kept_with_the_cause() -> None:
    office = Office()
    office.failure = Refused("UNWRITABLE_DOCUMENT")
    put(office, "demo-a")
    office.deliver()
    assert office.causes() == ["UNWRITABLE_DOCUMENT"]


def test_a_race_that_is_lost_again_and_again_is_left_to_a_later_delivery() -> None:
    office = Office()
    office.failure = ChangedMeanwhile()
    put(office, "demo-a")
    with pytest.raises(DependencyUnavailable):
        office.deliver()
    assert (office.commits, office.letters) == (8, [])
