"""Buying over HTTP: whose account, which package, once; and what Stripe may say."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scripts.suite.paths import ROOT
from scripts.suite.standin.till import Till
from scripts.suite.standin.webhooks import signed
from shared.wiring import wiring as wired
from tests.builders import unique
from tests.emulator.counters import SECRET, Counter, about, letter, open_counter
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.unit.entry.calls import client_of, code

BILLING = "/api/v1/billing"
PURCHASES, HOOK = f"{BILLING}/purchases", f"{BILLING}/webhooks/stripe"
SMALL = {"packageId": "small"}


@pytest.fixture(scope="module")
def counter() -> Iterator[Counter]:
    with open_counter() as counter:
        yield counter


@pytest.fixture
def till(counter: Counter) -> Till:
    return counter.till


@pytest.fixture(scope="module")
def functions(counter: Counter) -> Iterator[Callable[[str], FlaskClient]]:
    """Deployed functions, with Stripe at the counter of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIPE_API_KEY", counter.settings.api_key)
        patch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
        patch.setenv("HYPHAE_STRIPE_API_BASE", counter.settings.api_base)
        wired.cache_clear()
        yield lambda name: client_of(name, ROOT / "main.py")
        wired.cache_clear()


@pytest.fixture
def buyer(as_user: AsUser) -> Client:
    return as_user("billing")


def told(client: Client, event: dict[str, object]) -> TestResponse:
    body, signature = letter(event)
    return client.function.post(HOOK, data=body, headers={"Stripe-Signature": signature})


def bought(client: Client, till: Till) -> tuple[str, str]:
    """A purchase and its payment."""
    answer = client.post(PURCHASES, SMALL)
    assert answer.status_code == 201
    session = answer.get_json()["checkoutUrl"].rpartition("/")[2]
    return answer.get_json()["purchaseId"], till.pay(session)["id"]


def test_packages_are_listed(buyer: Client) -> None:
    items = buyer.get(f"{BILLING}/packages").get_json()["items"]
    assert items[0] == {"packageId": "small", "tokens": 1000, "price": 990, "currency": "eur"}
    assert len(items) == 3


def test_a_purchase_answers_with_its_checkout_and_again_the_same(buyer: Client) -> None:
    first = buyer.post(PURCHASES, SMALL, Idempotency_Key="key")
    again = buyer.post(PURCHASES, SMALL, Idempotency_Key="key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert first.get_json().keys() == {"purchaseId", "checkoutUrl", "amount", "price", "currency"}
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = buyer.post(PURCHASES, {"packageId": "large"}, Idempotency_Key="key")
    assert code(other) == (422, "idempotency-key-reused")


def test_a_payment_is_credited_and_seen(buyer: Client, till: Till) -> None:
    purchase, payment = bought(buyer, till)
    before = buyer.get(f"{PURCHASES}/{purchase}").get_json()
    assert (before["isProcessed"], before["status"]) == (False, "open")
    for event in about(till, payment) * 2:
        assert told(buyer, event).status_code == 200
    after = buyer.get(f"{PURCHASES}/{purchase}").get_json()
    assert (after["isProcessed"], after["status"], after["amount"]) == (True, "paid", 1000)


@pytest.mark.parametrize("body", [{}, {"packageId": "x"}, {"packageId": 1}, SMALL | {"price": 1}])
def test_a_bad_order_is_refused(buyer: Client, body: dict[str, object]) -> None:
    assert code(buyer.post(PURCHASES, body)) == (422, "validation-error")


def test_an_order_needs_a_key(buyer: Client) -> None:
    answer = buyer.function.post(PURCHASES, json=SMALL, headers=buyer.credential)
    assert code(answer) == (400, "invalid-request")


def test_anothers_account_and_purchase_are_not_found(buyer: Client, as_user: AsUser) -> None:
    purchase = buyer.post(PURCHASES, SMALL).get_json()["purchaseId"]
    other = as_user("billing")
    assert code(other.get(f"{PURCHASES}/{purchase}")) == (404, "not-found")
    named = SMALL | {"account": unique("somebody")}
    assert code(other.post(PURCHASES, named)) == (404, "not-found")


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 201), ("admin", 201), ("editor", 403), ("viewer", 403)]
)
def test_a_pool_is_filled_by_those_who_may(
    as_user: AsUser, tenant: str, role: str, status: int
) -> None:
    wanted = SMALL | {"account": f"org_{tenant}"}
    assert as_user("billing", **{tenant: role}).post(PURCHASES, wanted).status_code == status


def test_a_pools_purchase_is_seen_by_its_members_alone(
    as_user: AsUser, with_key: WithKey, tenant: str
) -> None:
    purchase = with_key("billing", tenant).post(PURCHASES, SMALL).get_json()["purchaseId"]
    member = as_user("billing", **{tenant: "viewer"})
    assert member.get(f"{PURCHASES}/{purchase}").get_json()["accountId"] == f"org_{tenant}"
    foreign = with_key("billing", unique("other"))
    assert code(foreign.get(f"{PURCHASES}/{purchase}")) == (404, "not-found")


def test_the_platform_buys_for_nobody_unless_the_account_is_there(with_key: WithKey) -> None:
    wanted = SMALL | {"account": unique("nobody")}
    assert code(with_key("billing", None).post(PURCHASES, wanted)) == (404, "not-found")


RAW = json.dumps({"id": "evt_x", "object": "event", "type": "charge.refunded"}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=00"},
        {"Stripe-Signature": signed(RAW, "whsec_other")},
        {"Stripe-Signature": signed(RAW, SECRET, int(time.time()) - 301)},
        {"Stripe-Signature": signed(RAW + b"x", SECRET)},
    ],
)
def test_a_bad_old_or_missing_signature_is_refused(buyer: Client, headers: dict[str, str]) -> None:
    answer = buyer.function.post(HOOK, data=RAW, headers=headers)
    assert code(answer) == (400, "invalid-request")


def test_what_is_signed_and_no_event_is_refused(buyer: Client) -> None:
    headers = {"Stripe-Signature": signed(RAW, SECRET)}
    assert code(buyer.function.post(HOOK, data=RAW, headers=headers)) == (400, "invalid-request")


def test_money_of_another_currency_is_taken_note_of_and_replayed_by_the_platform_alone(
    buyer: Client, with_key: WithKey, till: Till, tenant: str
) -> None:
    session = buyer.post(PURCHASES, SMALL).get_json()["checkoutUrl"].rpartition("/")[2]
    payment = till.pay(session, currency="usd")["id"]
    answers = [told(buyer, event) for event in about(till, payment)]
    assert [answer.get_json()["outcome"] for answer in answers] == ["parked", "parked"]
    replay = f"{BILLING}/webhooks/parked/{payment}/replay"
    assert code(buyer.post(replay, {})) == (403, "forbidden")
    assert code(with_key("billing", tenant).post(replay, {})) == (403, "forbidden")
    admin = with_key("billing", None)
    assert admin.post(replay, {}).get_json() == {"outcome": "parked"}
    assert code(admin.post(f"{BILLING}/webhooks/parked/pi_x/replay", {})) == (404, "not-found")
