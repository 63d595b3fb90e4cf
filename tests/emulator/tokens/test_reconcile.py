"""The nightly audit: what adds up goes on, what does not is parked and told."""

from typing import Any

import pytest
from google.cloud import firestore

from shared.billing.models import AuditPage
from shared.kernel.errors import Conflict
from shared.tokens.commands import Deduct, PlaceHold
from shared.tokens.periods import open_account
from shared.tokens.service import Tokens
from shared.wiring import Wiring
from tests.emulator.tokens.conftest import never
from tests.emulator.tokens.test_holds import MINUTE
from tests.emulator.told import messages_of

NIGHT = "2027-01-01"


@pytest.fixture
def busy(tokens: Tokens, account_id: str) -> str:
    """An account with a few rows of several kinds."""
    entry = tokens.deduct(account_id, Deduct("first", 30), never).entry
    tokens.hold(account_id, PlaceHold("hold", 20, MINUTE), never)
    tokens.refund(entry, "refund", "it failed")
    return account_id


def findings(wiring: Wiring, account_id: str) -> list[str]:
    page = AuditPage(account_ids=(account_id,), occasion=NIGHT)
    return [finding.cause for finding in wiring.audit.audit_page(page)]


def verified(wiring: Wiring, account_id: str) -> int | None:
    account = wiring.accounts.look(account_id).account
    assert account is not None
    return wiring.reconciler.verify(account)


def document(wiring: Wiring, account_id: str) -> Any:
    return wiring.hub.collection("token_balances").document(account_id)


def row(wiring: Wiring, account_id: str, seq: int) -> Any:
    for snapshot in wiring.hub.collection("token_transactions").stream():
        found = snapshot.to_dict() or {}
        if (found.get("accountId"), found.get("seq")) == (account_id, seq):
            return snapshot.reference
    raise AssertionError(f"no row {seq}")


def test_an_account_that_adds_up_goes_on(wiring: Wiring, busy: str) -> None:
    assert findings(wiring, busy) == []
    assert verified(wiring, busy) is None
    assert wiring.tokens.deduct(busy, Deduct("after", 1), never)


def test_an_account_that_somebody_changed_is_parked_and_told(wiring: Wiring, busy: str) -> None:
    document(wiring, busy).update({"purchasedTokens": 1_000})
    assert findings(wiring, busy) == ["1080, not 80"]
    with pytest.raises(Conflict):
        wiring.tokens.deduct(busy, Deduct("after", 1), never)
    assert findings(wiring, busy) == []
    assert [told["eventType"] for told in messages_of(wiring.hub, busy)] == ["account_parked"]


def test_a_row_that_is_gone_is_missed(wiring: Wiring, busy: str) -> None:
    row(wiring, busy, 2).delete()
    assert findings(wiring, busy) == ["2 rows, not 3"]


def test_a_changed_row_breaks_the_chain(wiring: Wiring, busy: str) -> None:
    row(wiring, busy, 2).update({"taskType": "something else"})
    # The sums are right: only an audit that samples the account, one in a hundred, can tell.
    assert findings(wiring, busy) in ([], ["row 2 breaks the chain"])
    assert verified(wiring, busy) == 2


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf"), 0.5])
def test_rows_that_add_up_to_no_number_park_their_account_and_keep_no_other(
    wiring: Wiring, busy: str, odd: float
) -> None:
    other = f"{busy}-other"
    wiring.tokens.open(open_account(other, "free", wiring.policy, wiring.clock(), wiring.clock()))
    document(wiring, other).update({"purchasedTokens": 1_000})
    row(wiring, busy, 2).update({"netAvailable": odd})
    page = AuditPage(account_ids=(busy, other), occasion=NIGHT)
    found = {each.account_id: each.cause for each in wiring.audit.audit_page(page)}
    assert found == {busy: "its rows add up to no whole number", other: "1100, not 100"}
    with pytest.raises(Conflict):
        wiring.tokens.deduct(busy, Deduct("after", 1), never)
    with pytest.raises(Conflict):
        wiring.reconciler.unpark(busy, "not before its rows are mended", "admin")


@pytest.mark.parametrize("odd", [b"bytes", firestore.GeoPoint(1, 2)])
def test_a_row_that_holds_what_no_row_can_breaks_the_chain(
    wiring: Wiring, busy: str, odd: Any
) -> None:
    row(wiring, busy, 2).update({"taskType": odd})
    assert verified(wiring, busy) == 2


def test_a_last_row_that_is_gone_is_missed_too(wiring: Wiring, busy: str) -> None:
    row(wiring, busy, 3).delete()
    assert verified(wiring, busy) == 3


def test_a_parked_account_can_be_put_back_with_a_reason(wiring: Wiring, busy: str) -> None:
    document(wiring, busy).update({"purchasedTokens": 1_000})
    findings(wiring, busy)
    wiring.reconciler.unpark(busy, "a support case", "admin")
    assert findings(wiring, busy) == []
    assert wiring.tokens.balance(busy, never).available == 1_080
    with pytest.raises(Conflict):
        wiring.reconciler.unpark(busy, "again", "admin")


def test_every_account_is_published_once(wiring: Wiring, busy: str) -> None:
    published: list[AuditPage] = []
    wiring.audit._publish = lambda data: published.append(AuditPage.model_validate_json(data))
    count = wiring.audit.publish_all()
    names = [account_id for page in published for account_id in page.account_ids]
    assert busy in names
    assert count == len(names) == len(set(names))
