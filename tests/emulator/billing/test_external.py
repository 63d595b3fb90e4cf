"""Purchases that another product wrote: credited once, parked where nobody can be credited."""

import base64
from datetime import UTC, datetime
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient
from google.events.cloud.firestore import DocumentEventData
from werkzeug.test import TestResponse

from scripts.suite.paths import ROOT
from shared.billing.shop import Shop
from shared.kernel.errors import NotFound
from shared.tokens.commands import Park
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.billing.conftest import now, stored

FREE = 100
TYPE = "google.cloud.firestore.document.v1.written"


def written(wiring: Wiring, account_id: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A purchase of 500 tokens as another product writes it."""
    name = unique("purchase")
    row = {
        "userId": account_id,
        "tokenAmount": 500,
        "price": 4.99,
        "currency": "eur",
        "purchaseDate": datetime.now(UTC),
        "isProcessed": False,
        "paymentMethod": "paypal",
    } | changes
    wiring.hub.collection("token_purchases").document(name).set(row)
    return name, row


def parked(wiring: Wiring, name: str) -> str | None:
    return (stored(wiring, "webhook_parked", f"external:{name}") or {}).get("cause")


def test_a_purchase_is_credited_once_and_marked(
    shop: Shop, wiring: Wiring, account_id: str
) -> None:
    name, row = written(wiring, account_id)
    assert [shop.external.process(name, row) for _ in range(3)] == ["settled"] * 3
    assert now(wiring, account_id).available == FREE + 500
    after = stored(wiring, "token_purchases", name) or {}
    assert after["isProcessed"] is True
    assert after["price"] == 4.99
    assert shop.external.process(name, after) == "ignored"


def test_the_buyer_can_see_it(shop: Shop, wiring: Wiring, account_id: str) -> None:
    name, row = written(wiring, account_id)
    shop.external.process(name, row)
    found = shop.purchasing.get(name)
    assert (found.account_id, found.amount, found.processed) == (account_id, 500, True)


def test_one_that_says_it_is_unpaid_waits_until_it_says_otherwise(
    shop: Shop, wiring: Wiring, account_id: str
) -> None:
    name, row = written(wiring, account_id, status="pending")
    assert shop.external.process(name, row) == "ignored"
    assert shop.external.process(name, row | {"status": "paid"}) == "settled"
    assert now(wiring, account_id).available == FREE + 500


def test_a_users_account_opens_for_it(shop: Shop, wiring: Wiring) -> None:
    user_id = str(wiring.auth.caller_with_token(unsigned_token(claims(wiring.clock()))).user_id)
    name, row = written(wiring, user_id)
    assert shop.external.process(name, row) == "settled"
    assert now(wiring, user_id).available == FREE + 500


@pytest.mark.parametrize("changes", [{"userId": "nobody-knows"}, {"accountId": "org_nobody"}])
def test_nobodys_purchase_is_parked_and_replayed_once_there_is_somebody(
    shop: Shop, wiring: Wiring, changes: dict[str, Any]
) -> None:
    account_id = unique(next(iter(changes.values())))
    name, row = written(wiring, "u", **dict.fromkeys(changes, account_id))
    assert shop.external.process(name, row) == "parked"
    assert parked(wiring, name) == "unknown_account"
    wiring.tokens.balance(account_id, wiring.tokens.free(lambda _: None))
    assert shop.settlement.replay(f"external:{name}") == "settled"
    assert now(wiring, account_id).available == FREE + 500


@pytest.mark.parametrize("amount", [0, -5, 1.5, "500", True, None, 2**53])
def test_what_cannot_be_credited_is_parked(
    shop: Shop, wiring: Wiring, account_id: str, amount: Any
) -> None:
    name, row = written(wiring, account_id, tokenAmount=amount)
    assert shop.external.process(name, row) == "parked"
    assert parked(wiring, name) == "token_amount"
    assert now(wiring, account_id).available == FREE


def test_a_purchase_for_an_account_under_review_waits_for_it(
    shop: Shop, wiring: Wiring, account_id: str
) -> None:
    wiring.tokens.execute(account_id, "park", Park("park", "somebody looks at it"))
    name, row = written(wiring, account_id)
    assert shop.external.process(name, row) == "parked"
    assert parked(wiring, name) == "account_under_review"
    wiring.reconciler.unpark(account_id, "looked at", "ana")
    assert shop.settlement.replay(f"external:{name}") == "settled"
    assert now(wiring, account_id).available == FREE + 500


def test_one_that_changes_when_it_is_credited_is_parked(
    shop: Shop, wiring: Wiring, account_id: str
) -> None:
    name, row = written(wiring, account_id)
    shop.external.process(name, row)
    assert shop.external.process(name, row | {"tokenAmount": 900}) == "parked"
    assert parked(wiring, name) == "changed_when_credited"
    assert now(wiring, account_id).available == FREE + 500


def test_one_that_was_deleted_meanwhile_is_credited_and_stays_deleted(
    shop: Shop, wiring: Wiring, account_id: str
) -> None:
    name, row = written(wiring, account_id)
    wiring.hub.collection("token_purchases").document(name).delete()
    assert shop.external.process(name, row) == "settled"
    assert stored(wiring, "token_purchases", name) is None


def test_what_is_parked_and_deleted_is_not_credited(shop: Shop, wiring: Wiring) -> None:
    name, row = written(wiring, unique("nobody"))
    shop.external.process(name, row)
    wiring.hub.collection("token_purchases").document(name).delete()
    assert shop.settlement.replay(f"external:{name}") == "ignored"
    with pytest.raises(NotFound):
        shop.settlement.replay(f"external:{name}")


@pytest.fixture(scope="module")
def trigger() -> FlaskClient:
    """The deployed function, as the platform calls it."""
    create_app: Any = functions_framework.create_app
    app = create_app("process_token_purchase", str(ROOT / "main.py"), "cloudevent")
    client: FlaskClient = app.test_client()
    return client


def delivered(trigger: FlaskClient, name: str, fields: dict[str, Any] | None) -> TestResponse:
    path = f"projects/demo-hub/databases/(default)/documents/token_purchases/{name}"
    event = {"old_value" if fields is None else "value": {"name": path, "fields": fields or {}}}
    raw = DocumentEventData.serialize(DocumentEventData(event))
    headers = {
        "ce-id": unique("event"),
        "ce-specversion": "1.0",
        "ce-time": "2026-01-01T00:00:00Z",
        "ce-type": TYPE,
        "ce-source": "//firestore.googleapis.com/projects/demo-hub/databases/(default)",
    }
    return trigger.post("/", data=base64.b64encode(raw), headers=headers)


def test_the_trigger_credits_what_it_is_told_twice_once(
    trigger: FlaskClient, wiring: Wiring, account_id: str
) -> None:
    name, _ = written(wiring, account_id)
    fields = {
        "userId": {"string_value": account_id},
        "tokenAmount": {"integer_value": 500},
        "isProcessed": {"boolean_value": False},
    }
    assert [delivered(trigger, name, fields).status_code for _ in range(2)] == [200, 200]
    assert now(wiring, account_id).available == FREE + 500
    assert (stored(wiring, "token_purchases", name) or {})["isProcessed"] is True


def test_the_trigger_takes_a_deletion_for_nothing(trigger: FlaskClient) -> None:
    assert delivered(trigger, unique("gone"), None).status_code == 200


def test_the_trigger_leaves_our_own_alone(
    trigger: FlaskClient, wiring: Wiring, account_id: str
) -> None:
    fields = {
        "accountId": {"string_value": account_id},
        "tokenAmount": {"integer_value": 500},
        "isProcessed": {"boolean_value": False},
        "source": {"string_value": "checkout"},
    }
    assert delivered(trigger, unique("ours"), fields).status_code == 200
    assert now(wiring, account_id).available == FREE
