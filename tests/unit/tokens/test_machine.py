"""Anything may happen to an account in any order, and the books balance after every step."""

import os
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.kernel.errors import Conflict, InsufficientTokens, NotFound, Problem
from shared.tokens.commands import ChangePlan, Command, Deduct, PlaceHold, Settle, Touch, Void
from shared.tokens.models import Limits, Tier
from shared.tokens.rows import Change
from tests.builders import NEW_YEAR, POLICY, account
from tests.unit.tokens.machine import Model, later
from tests.unit.tokens.steps import adjust, gift, limits, purchase, refund, take_back

ROLLING = replace(POLICY, tiers={"free": Tier(100, 150), "pro": Tier(1000)}, low_amounts=(7, 60))
POLICIES = [
    POLICY,
    ROLLING,
    replace(ROLLING, expiry="full", low_percents=(80, 20)),
    replace(ROLLING, overrun="cap", low_percents=()),
]
AMOUNTS = st.one_of(st.integers(1, 30), st.integers(1, 30), st.integers(1, 400))
MEMBERS = st.sampled_from(["ana", "ben"])
TASKS = st.sampled_from([None, "chat"])
DAY = 86_400
SPANS = st.one_of(st.integers(0, 40 * DAY), st.integers(0, 400 * DAY))
MOMENTS = st.one_of(st.integers(-5, 60), st.integers(-5, 3600), st.integers(1, 20 * DAY))
TTLS = st.one_of(st.integers(1, 7200), st.integers(DAY, 60 * DAY), st.integers(DAY, 60 * DAY))
EXAMPLES = int(os.environ.get("HYPHAE_EXAMPLES", "15"))


class AccountMachine(RuleBasedStateMachine):
    """Commands with names of their own, on a clock that jumps (and sometimes falls back)."""

    @initialize(policy=st.sampled_from(POLICIES), pool=st.booleans(), day=st.integers(1, 31))
    def open(self, policy: object, pool: bool, day: int) -> None:
        start = NEW_YEAR.replace(day=day)
        name, zone = ("org_t", "America/Los_Angeles") if pool else ("a", "UTC")
        chosen = next(known for known in POLICIES if known is policy)
        opened = account(account_id=name, start=start, time_zone=zone, policy=chosen)
        self.model = Model(replace(opened, limits=Limits(member_caps={"ana": 90})), chosen, start)
        self.pool, self.count = pool, 0
        self.placed: list[str] = []

    @rule(seconds=SPANS, cuts=st.lists(st.floats(0, 1), max_size=3))
    def it_is_touched(self, seconds: int, cuts: list[float]) -> None:
        began = self.model.now
        self.pass_time(seconds)
        self.model.require_split_invariance(later(began, int(seconds * cut)) for cut in cuts)
        self.do(Touch())

    @rule(seconds=MOMENTS, amount=AMOUNTS, actor=MEMBERS, task=TASKS)
    def something_is_spent(self, seconds: int, amount: int, actor: str, task: str | None) -> None:
        self.pass_time(seconds)
        who = actor if self.pool else None
        self.within_cap(actor, self.do(Deduct(self.name(), amount, task, who)))

    @rule(seconds=MOMENTS, amount=AMOUNTS, actor=MEMBERS, ttl=TTLS)
    def something_is_held(self, seconds: int, amount: int, actor: str, ttl: int) -> None:
        self.pass_time(seconds)
        who = actor if self.pool else None
        done = self.do(PlaceHold(self.name(), amount, timedelta(seconds=ttl), "chat", who))
        self.within_cap(actor, done)
        if isinstance(done, Change):
            self.placed.append(done.rows[-1].row_id)

    @precondition(lambda self: self.placed)
    @rule(seconds=MOMENTS, which=st.integers(0, 3), amount=AMOUNTS)
    def a_hold_is_settled(self, seconds: int, which: int, amount: int) -> None:
        self.pass_time(seconds)
        hold_id = self.placed[-1 - which % len(self.placed)]
        self.end_of(hold_id, Settle(hold_id, amount))

    @precondition(lambda self: self.placed)
    @rule(seconds=MOMENTS, which=st.integers(0, 3))
    def a_hold_is_voided(self, seconds: int, which: int) -> None:
        self.pass_time(seconds)
        hold_id = self.placed[-1 - which % len(self.placed)]
        self.end_of(hold_id, Void(hold_id))

    @precondition(lambda self: any(row.type == "deduct" for row in self.model.rows))
    @rule(seconds=MOMENTS, which=st.integers(0, 5))
    def a_deduction_is_refunded_and_again(self, seconds: int, which: int) -> None:
        self.pass_time(seconds)
        rows = [row for row in self.model.rows if row.type == "deduct"]
        undone = refund(rows[-1 - which % len(rows)])
        once, twice = self.do(undone), self.do(undone)
        assert isinstance(once, Change)
        assert isinstance(twice, Change)
        assert once.rows[-1].row_id == twice.rows[-1].row_id

    @rule(seconds=MOMENTS, amount=AMOUNTS, back=st.booleans())
    def money_comes_or_goes(self, seconds: int, amount: int, back: bool) -> None:
        self.pass_time(seconds)
        command = take_back(amount, self.name()) if back else purchase(amount, self.name())
        assert isinstance(self.do(command), Change)

    @rule(amount=AMOUNTS, seconds=st.one_of(st.none(), SPANS))
    def a_gift_is_made(self, amount: int, seconds: int | None) -> None:
        end = None if seconds is None else later(self.model.now, seconds)
        done = self.do(gift(amount, end, self.name()))
        assert isinstance(done, Change | Conflict)

    @rule(
        what=st.sampled_from(["correct", "plan", "limits", "end"]),
        amount=AMOUNTS,
        tier=st.sampled_from(["free", "pro"]),
        overage=st.sampled_from(["deny", "cap", "unlimited"]),
        down=st.booleans(),
    )
    def an_administrator_acts(
        self, what: str, amount: int, tier: str, overage: str, down: bool
    ) -> None:
        name, sign = self.name(), -1 if down else 1
        if what == "end":
            self.model.edit_end(later(self.model.now, amount * sign * 7200))
            return
        commands: dict[str, Command] = {
            "correct": adjust(amount * sign, name),
            "plan": ChangePlan(name, tier),
            "limits": limits(overage, amount, {"ana": amount}),
        }
        assert isinstance(self.do(commands[what]), Change)

    @invariant()
    def all_is_well(self) -> None:
        self.model.require_all_well()

    def do(self, command: Command) -> Change | Problem:
        return self.model.do(command)

    def pass_time(self, seconds: int) -> None:
        """Forwards, mostly: an instance's clock may be some seconds behind another's."""
        self.model.now = later(self.model.now, seconds)

    def name(self) -> str:
        self.count += 1
        return f"operation-{self.count}"

    def within_cap(self, actor: str, done: Change | Problem) -> None:
        if isinstance(done, Change) and self.pool:
            held = self.model.account
            cap = held.limits.member_caps.get(actor, 10**9)
            assert held.member_used[actor] <= cap
        elif not isinstance(done, Change):
            assert isinstance(done, InsufficientTokens | Conflict)

    def end_of(self, hold_id: str, command: Settle | Void) -> None:
        """It succeeds if the hold is open, whatever the amount; and never twice."""
        model = self.model
        before = {hold.hold_id: hold for hold in model.account.holds}.get(hold_id)
        done = model.do(command)
        if before and before.expires_at > model.now:
            assert isinstance(done, Change)
            assert model.ended[hold_id] == 1
        else:
            assert isinstance(done, Conflict if before else NotFound)


TestAccountMachine = AccountMachine.TestCase
TestAccountMachine.settings = settings(max_examples=EXAMPLES, stateful_step_count=30)
