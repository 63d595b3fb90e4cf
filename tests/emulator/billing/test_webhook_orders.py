"""Any permutation and repetition of what Stripe tells, at any time, ends in the same state."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.suite.standin.till import Till
from shared.billing.shop import Shop
from shared.tokens.commands import Deduct
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.billing.conftest import PRICE, TOKENS, begun, now, told
from tests.emulator.counters import about

FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FREE = 100
REFUNDS = st.lists(st.integers(1, PRICE // 2), max_size=2)
DISPUTES = st.sampled_from([None, "needs_response", "won", "lost", "warning_closed"])


class Story:
    """What happens at Stripe and in the account, step by step."""

    def __init__(self, shop: Shop, till: Till, wiring: Wiring) -> None:
        self._till = till
        self._wiring = wiring
        self.account_id = unique("buyer")
        wiring.tokens.balance(self.account_id, wiring.tokens.free(lambda _: None))
        self.purchase = begun(shop, self.account_id).purchase
        self.payment = ""
        self.spent = 0
        self.away = 0

    def pay(self, delayed: bool) -> None:
        self.payment = self._till.pay(self.purchase.session_id or "", delayed)["id"]
        if delayed:
            self._till.arrive(self.payment)

    def refund(self, amount: int, status: str = "succeeded") -> str:
        made: str = self._till.refund(self.payment, amount, status)["id"]
        self.away += amount if status == "succeeded" else 0
        return made

    def dispute(self, status: str | None) -> None:
        if status is None:
            return
        amount = PRICE - self.away
        opened = "warning_needs_response" if status.startswith("warning") else "needs_response"
        made = self._till.dispute(self.payment, amount, opened)
        if status != opened:
            self._till.close_dispute(made["id"], status)
        self.away += amount if status in ("needs_response", "lost") else 0

    def spend(self, amount: int) -> None:
        """As much of it as there is."""
        wanted = min(amount, now(self._wiring, self.account_id).available)
        if wanted:
            command = Deduct(unique("spend"), wanted)
            self._wiring.tokens.execute(self.account_id, command.operation, command)
            self.spent += wanted

    @property
    def events(self) -> list[dict[str, Any]]:
        return about(self._till, self.payment) if self.payment else []

    @property
    def expected(self) -> int:
        return FREE + TOKENS - TOKENS * self.away // PRICE - self.spent


@FEW
@given(
    delayed=st.booleans(), refunds=REFUNDS, failing=st.booleans(), dispute=DISPUTES, data=st.data()
)
def test_any_order_and_repetition_ends_the_same(
    shop: Shop,
    till: Till,
    wiring: Wiring,
    delayed: bool,
    refunds: list[int],
    failing: bool,
    dispute: str | None,
    data: st.DataObject,
) -> None:
    story = Story(shop, till, wiring)
    acts: list[Any] = [lambda: story.pay(delayed)]
    acts += [lambda amount=amount: story.refund(amount) for amount in refunds]
    if failing:
        names: list[str] = []
        acts.append(lambda: names.append(story.refund(7, "pending")))
        acts.append(lambda: till.turn_refund(names[0], "failed"))
    acts.append(lambda: story.dispute(dispute))
    for act in acts:
        act()
        for event in data.draw(st.lists(st.sampled_from(story.events), max_size=3)):
            assert told(shop, event) in ("settled", "repeated", "unpaid")
        story.spend(data.draw(st.integers(0, 400)))
    for event in data.draw(st.permutations(story.events * 2)):
        told(shop, event)
    account = now(wiring, story.account_id)
    assert account.available - account.debt == story.expected
    assert account.debt == 0 or account.available == account.base
    found = shop.purchasing.get(story.purchase.purchase_id)
    assert (found.processed, found.settled) == (True, True)
