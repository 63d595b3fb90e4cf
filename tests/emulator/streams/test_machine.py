"""Streams through whatever sequence of appends, repeats and looks: what a list would hold."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.kernel.errors import IdempotencyKeyReused
from shared.kernel.settings import read_settings
from shared.streams import rules, service
from shared.streams.models import Append, Draft, Stream
from shared.streams.rules import WrongVersion
from shared.wiring import Wiring
from tests.builders import unique

WORLDS = int(os.environ.get("HYPHAE_STREAM_WORLDS", "12"))
DATA = st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), min_size=1, max_size=3)
TOLD = st.lists(DATA, min_size=1, max_size=4)
PERSONAL = st.sampled_from([(), ("a",), ("a", "b")])
INSTANCES = st.integers(0, 2)


class StreamMachine(RuleBasedStateMachine):
    """Three instances, each of which knows only what it has seen itself.

    Snapshots are kept at each third version, and pages hold four, so that both are passed often.
    """

    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(rules, "SNAPSHOT_EVERY", 3)
        self.patch.setattr(service, "PAGE", 4)
        known = read_settings(os.environ)
        self.stores = [Wiring(known).event_store for _ in range(3)]
        self.stream = Stream(unique("tenant"), unique("order"))
        self.told: list[dict[str, Any]] = []
        self.done: list[Append] = []
        self.erased = False

    def teardown(self) -> None:
        self.patch.undo()

    def drafts(self, told: list[dict[str, Any]], personal: tuple[str, ...]) -> list[Draft]:
        names = () if self.erased else personal
        return [Draft("order_changed", d, 1, tuple(n for n in names if n in d)) for d in told]

    @rule(who=INSTANCES, told=TOLD, personal=PERSONAL)
    def it_grows(self, who: int, told: list[dict[str, Any]], personal: tuple[str, ...]) -> None:
        drafts = self.drafts(told, personal)
        append = Append(unique("key"), len(self.told), drafts, self.stream.stream_id)
        done = self.stores[who].append(self.stream, append)
        self.told += told
        assert done == (len(self.told), False)
        self.done.append(append)

    @rule(who=INSTANCES, told=TOLD, off=st.integers(-5, 5).filter(bool))
    def somebody_expects_another_version(
        self, who: int, told: list[dict[str, Any]], off: int
    ) -> None:
        expected = max(0, len(self.told) + off)
        if expected == len(self.told):
            return
        append = Append(unique("key"), expected, self.drafts(told, ()), self.stream.stream_id)
        with pytest.raises(WrongVersion) as refused:
            self.stores[who].append(self.stream, append)
        assert refused.value.members == {"currentVersion": len(self.told)}

    @precondition(lambda self: self.done)
    @rule(who=INSTANCES, which=st.integers(0, 9))
    def somebody_asks_again(self, who: int, which: int) -> None:
        append = self.done[which % len(self.done)]
        assert self.stores[who].append(self.stream, append) == (append.version, True)

    @precondition(lambda self: self.done)
    @rule(who=INSTANCES, which=st.integers(0, 9), told=TOLD)
    def somebody_takes_a_key_again(self, who: int, which: int, told: list[dict[str, Any]]) -> None:
        used = self.done[which % len(self.done)]
        other = Append(used.operation, len(self.told) + 7, self.drafts(told, ()), used.subject)
        with pytest.raises(IdempotencyKeyReused):
            self.stores[who].append(self.stream, other)

    @precondition(lambda self: any(d.personal for a in self.done for d in a.drafts))
    @rule(who=INSTANCES)
    def somebody_is_forgotten(self, who: int) -> None:
        self.stores[who].erase(self.stream.tenant_id, self.stream.stream_id)
        self.erased = True

    @precondition(lambda self: self.told)
    @rule(who=INSTANCES, which=st.integers(0, 99))
    def somebody_looks_back(self, who: int, which: int) -> None:
        version = which % len(self.told) + 1
        state = self.stores[who].state(self.stream, version)
        expected: dict[str, Any] = {}
        for data in self.shown()[:version]:
            expected |= data
        assert (state.version, dict(state.data)) == (version, expected)

    @invariant()
    def the_log_is_what_was_told(self) -> None:
        if getattr(self, "told", None):
            log = self.stores[0].events(self.stream, 1, 100, None)
            assert [event.version for event in log.items] == list(
                range(1, min(len(self.told), 100) + 1)
            )
            assert [event.data for event in log.items] == self.shown()[:100]

    def shown(self) -> list[dict[str, Any]]:
        drafts = [draft for append in self.done for draft in append.drafts]
        hidden = [draft.personal if self.erased else () for draft in drafts]
        return [{**d.data, **dict.fromkeys(h)} for d, h in zip(drafts, hidden, strict=True)]


StreamMachine.TestCase.settings = settings(
    max_examples=WORLDS,
    stateful_step_count=20,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
StreamMachine.TestCase.pytestmark = pytest.mark.timeout(60 + 10 * WORLDS)  # type: ignore[attr-defined]
test_streams = StreamMachine.TestCase


def test_what_another_instance_appended_before_all_was_forgotten_is_known_again() -> None:
    machine: Any = StreamMachine()
    machine.begin()
    machine.it_grows(who=0, told=[{"a": 0}], personal=())
    machine.it_grows(who=1, told=[{"a": 0}], personal=("a",))
    machine.somebody_is_forgotten(who=0)
    machine.somebody_asks_again(who=0, which=1)
    machine.the_log_is_what_was_told()
    machine.teardown()
