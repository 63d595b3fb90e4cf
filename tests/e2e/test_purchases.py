"""Buying tokens: through the gateway, with the stand-in of Stripe that runs with the suite."""

import json
import time
from functools import partial
from typing import Any

import pytest
import requests

from scripts.suite.environment import STRIPE_URL
from scripts.suite.standin.webhooks import signed
from shared.wiring import Wiring
from tests.builders import unique
from tests.e2e.conftest import Client, eventually

SMALL = {"packageId": "small"}
HOOK = "/billing/webhooks/stripe"
STRIPE_KEY = {"Authorization": "Bearer sk_test_local"}


def buy(client: Client, key: str = "") -> dict[str, Any]:
    answer = client.post("/billing/purchases", SMALL, key or unique("key"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at_stripe(path: str, **body: Any) -> dict[str, Any]:
    """Something that a customer, a bank or Stripe itself does."""
    answer = requests.post(STRIPE_URL + path, json=body, headers=STRIPE_KEY, timeout=120)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def pay(purchase: dict[str, Any], **other: Any) -> str:
    """The payment that was made on the checkout's page."""
    path: str = purchase["checkoutUrl"].removeprefix(STRIPE_URL)
    payment: str = at_stripe(path, **other)["id"]
    return payment


def has(client: Client, purchase: dict[str, Any], **members: Any) -> bool | None:
    found = client.get(f"/billing/purchases/{purchase['purchaseId']}").json()
    return True if members.items() <= found.items() else None


def has_available(client: Client, amount: int) -> bool | None:
    return True if _available(client) == amount else None


def _available(client: Client) -> int:
    found: int = client.get("/tokens/balance").json()["totalAvailable"]
    return found


def test_tokens_are_bought_once_and_refunded_in_part(newcomer: Client) -> None:
    key = unique("key")
    purchase = buy(newcomer, key)
    assert buy(newcomer, key) == purchase
    assert has(newcomer, purchase, isProcessed=False, amount=1000, price=990, currency="eur")
    payment = pay(purchase)
    eventually(partial(has, newcomer, purchase, isProcessed=True, status="paid"))
    assert _available(newcomer) == 1100
    _tell_everything_again(payment)
    assert _available(newcomer) == 1100
    at_stripe("/v1/refunds", payment_intent=payment, amount=495)
    eventually(partial(has, newcomer, purchase, status="partially_refunded"))
    assert _available(newcomer) == 600


def test_a_dispute_that_is_won_leaves_the_tokens(newcomer: Client) -> None:
    purchase = buy(newcomer)
    payment = pay(purchase, delayed=True)
    at_stripe(f"/standin/payments/{payment}/arrive")
    eventually(partial(has, newcomer, purchase, isProcessed=True))
    dispute = at_stripe("/standin/disputes", payment=payment)
    eventually(partial(has_available, newcomer, 100))
    at_stripe(f"/standin/disputes/{dispute['id']}/close", status="won")
    eventually(partial(has_available, newcomer, 1100))


def test_money_of_another_currency_buys_nothing(newcomer: Client, wiring: Wiring) -> None:
    payment = pay(buy(newcomer), currency="usd")
    parked = wiring.hub.collection("webhook_parked").document(payment)
    eventually(lambda: parked.get().to_dict())
    assert _available(newcomer) == 100


@pytest.mark.parametrize("origin", ["baseUrl", "functionsUrl"])
def test_only_stripe_tells_of_money(ecosystem: dict[str, Any], origin: str) -> None:
    body = json.dumps({"id": unique("evt"), "object": "event", "type": "customer.created"}).encode()
    secret, now = ecosystem["stripeWebhookSecret"], int(time.time())
    url = ecosystem[origin] + HOOK
    for bad in ("", signed(body, "whsec_x"), signed(body, ""), signed(body, secret, now - 400)):
        answer = requests.post(url, data=body, headers={"Stripe-Signature": bad}, timeout=120)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")
    good = {"Stripe-Signature": signed(body, secret)}
    assert requests.post(url, data=body, headers=good, timeout=120).status_code == 200


def test_a_purchase_that_another_product_wrote_is_credited_once(
    newcomer: Client, wiring: Wiring
) -> None:
    account_id = newcomer.get("/tokens/balance").json()["accountId"]
    name = unique("purchase")
    document = wiring.hub.collection("token_purchases").document(name)
    document.set({"userId": account_id, "tokenAmount": 500, "isProcessed": False})
    eventually(lambda: (document.get().to_dict() or {})["isProcessed"] or None)
    document.update({"isProcessed": False})
    eventually(lambda: (document.get().to_dict() or {})["isProcessed"] or None)
    assert _available(newcomer) == 600


def _tell_everything_again(payment: str) -> None:
    listed = requests.get(f"{STRIPE_URL}/standin/events", timeout=10).json()["events"]
    for event in listed:
        if payment in json.dumps(event):
            answer = at_stripe(f"/standin/events/{event['id']}/send")
            assert answer == {"status": 200}
