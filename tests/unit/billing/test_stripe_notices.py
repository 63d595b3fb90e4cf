"""What is believed of a webhook: that Stripe signed it lately, and which payment it is about."""

import json
import time
from typing import Any

import pytest

from scripts.suite.standin.webhooks import signed
from shared.billing.purchases import Notice, Purchase
from shared.billing.vendors.stripe import ABOUT_PAYMENTS, StripePayments
from shared.kernel.errors import DependencyUnavailable, InvalidRequest
from shared.kernel.payments import StripeSettings

SECRET = "whsec_of_this_test"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
}


def event(kind: str, **about: Any) -> dict[str, Any]:
    return EVENT | {"type": kind, "data": {"object": about}}


def body(document: Any) -> bytes:
    return json.dumps(document).encode()


def noticed(document: Any) -> Notice:
    raw = body(document)
    return payments().notice(raw, signed(raw, SECRET))


def payments(secret: str = SECRET, api_key: str = "sk_test_x") -> StripePayments:
    return StripePayments(StripeSettings(api_key, secret))


def test_a_signed_event_names_its_payment() -> None:
    assert noticed(EVENT) == Notice("evt_1", "payment_intent.succeeded", "pi_1")


@pytest.mark.parametrize("kind", sorted(ABOUT_PAYMENTS - {"payment_intent.succeeded"}))
def test_every_kind_of_object_leads_to_its_payment(kind: str) -> None:
    assert noticed(event(kind, id="x_1", payment_intent="pi_7")).payment_id == "pi_7"


def test_an_event_of_another_kind_is_about_no_payment() -> None:
    assert noticed(event("customer.created", id="cus_1")).payment_id is None


def test_a_session_without_a_payment_is_about_none() -> None:
    found = noticed(event("checkout.session.completed", id="cs_1", payment_intent=None))
    assert found.payment_id is None


def test_a_secret_that_is_being_rolled_signs_beside_the_new_one() -> None:
    raw = body(EVENT)
    stamp, ours = signed(raw, SECRET).split(",")
    _, theirs = signed(raw, "whsec_old").split(",")
    assert payments().notice(raw, f"{stamp},{theirs},{ours}").payment_id == "pi_1"


RAW = body(EVENT)
NOW = int(time.time())
BAD_SIGNATURES = {
    "none": "",
    "another secret": signed(RAW, "whsec_other"),
    "an empty secret": signed(RAW, ""),
    "of another body": signed(RAW + b" ", SECRET),
    "six minutes old": signed(RAW, SECRET, NOW - 360),
    "a year old": signed(RAW, SECRET, NOW - 31_536_000),
    "no time": signed(RAW, SECRET).split(",")[1],
    "no signature": signed(RAW, SECRET).split(",")[0],
    "an empty signature": f"t={NOW},v1=",
    "another scheme": signed(RAW, SECRET).replace("v1=", "v0="),
    "a time that is none": signed(RAW, SECRET).replace("t=", "t=x"),
    "another time": signed(RAW, SECRET, NOW - 60).replace(f"t={NOW - 60}", f"t={NOW}"),
    "no header at all": "garbage",
    "Latin-1": f"t={NOW},v1=\xe9",
    "long": f"t={NOW}," + "v1=0," * 5_000,
}


@pytest.mark.parametrize("signature", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
def test_a_bad_signature_is_refused(signature: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        payments().notice(RAW, signature)
    assert refused.value.reason == "signature"


@pytest.mark.parametrize("secret", ["", " ", "\n"])
@pytest.mark.parametrize("signed_with", ["", " ", SECRET])
def test_without_a_secret_nothing_is_verified(secret: str, signed_with: str) -> None:
    with pytest.raises(DependencyUnavailable, match=r".*"):
        payments(secret=secret).notice(RAW, signed(RAW, signed_with))


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        "text",
        {"id": "evt_1"},
        EVENT | {"id": 7},
        EVENT | {"id": "a/b"},
        EVENT | {"id": ""},
        EVENT | {"type": []},
        EVENT | {"data": None},
        EVENT | {"data": {"object": "pi_1"}},
        event("charge.refunded", payment_intent={"id": "pi_1"}),
        event("charge.refunded", payment_intent="../x"),
    ],
)
def test_what_is_signed_and_no_event_is_refused(document: Any) -> None:
    with pytest.raises(InvalidRequest):
        noticed(document)


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b"[" * 100_000])
def test_what_is_signed_and_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidRequest):
        payments().notice(raw, signed(raw, SECRET))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        payments().notice(b"\xff", signed(b"\xff", SECRET))


def test_without_a_key_nothing_is_sold_and_the_log_says_why() -> None:
    with pytest.raises(DependencyUnavailable) as unavailable:
        payments(api_key="").open_checkout(Purchase("p", "a", 1, 1, "eur", None))
    assert unavailable.value.reason == "STRIPE_API_KEY is empty"
