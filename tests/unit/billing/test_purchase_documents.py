"""Purchases as they are stored: ours whole, those of other products as far as they can be read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.billing.documents import Malformed, awaits_credit, purchase, purchase_document
from shared.billing.purchases import Move, Purchase

FOREIGN: dict[str, Any] = {
    "userId": "u",
    "organizationId": "t",
    "tokenAmount": 500,
    "price": 4.99,
    "currency": "eur",
    "purchaseDate": datetime(2026, 1, 1, tzinfo=UTC),
    "isProcessed": False,
    "paymentMethod": "paypal",
}


def test_ours_is_read_as_it_was_written() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    moves = (Move("re", 990, 1_000), Move("re", 990, -1_000))
    ours = Purchase(
        *("p", "org_t", 1_000, 990, "eur", moment, "u", "t", "checkout", "small", "f"),
        *("cs", "https://pay", "pi", moves, True, True, "paid"),
    )
    assert purchase("p", purchase_document(ours)) == ours


def test_it_has_the_names_that_every_product_knows() -> None:
    ours = purchase_document(Purchase("p", "a", 1_000, 990, "eur", None))
    assert FOREIGN.keys() <= ours.keys()


def test_another_products_is_read_as_far_as_it_goes() -> None:
    found = purchase("p", FOREIGN)
    assert (found.account_id, found.amount, found.price) == ("u", 500, None)
    assert (found.processed, found.source, found.status) == (False, None, "paid")


@pytest.mark.parametrize(
    ("changes", "account_id"),
    [
        ({"accountId": "org_x"}, "org_x"),
        ({"userId": None}, "org_t"),
        ({"userId": "", "organizationId": "other"}, "org_other"),
        ({"organizationId": None}, "u"),
    ],
)
def test_the_account_is_the_named_one_the_users_or_the_pool(
    changes: dict[str, Any], account_id: str
) -> None:
    assert purchase("p", FOREIGN | changes).account_id == account_id


BAD: list[dict[str, Any]] = [
    {"tokenAmount": 0},
    {"tokenAmount": -1},
    {"tokenAmount": 1.5},
    {"tokenAmount": "500"},
    {"tokenAmount": True},
    {"tokenAmount": None},
    {"tokenAmount": 2**53},
    {"userId": None, "organizationId": None},
    {"userId": 7},
    {"userId": "a/b"},
    {"accountId": "__x__"},
    {"moves": 7},
    {"moves": [7]},
    {"moves": [{"from": "here"}]},
]


@pytest.mark.parametrize("changes", BAD)
def test_what_nobody_can_credit_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        purchase("p", FOREIGN | changes)


ODD: list[dict[str, Any]] = [
    {"purchaseDate": "yesterday"},
    {"purchaseDate": 7},
    {"source": ["shop"]},
    {"fingerprint": 7},
    {"checkoutUrl": {}},
    {"checkoutSessionId": 7},
    {"paymentIntentId": 7},
    {"moves": None},
    {"settled": "no"},
]


@pytest.mark.parametrize("changes", ODD)
def test_what_is_odd_and_no_matter_is_left_out(changes: dict[str, Any]) -> None:
    absent = {name: value for name, value in FOREIGN.items() if name not in changes}
    assert purchase("p", FOREIGN | changes) == purchase("p", absent)


@pytest.mark.parametrize("status", [None, "paid", "completed", "succeeded"])
def test_another_products_purchase_awaits_its_credit(status: str | None) -> None:
    assert awaits_credit(FOREIGN | {"status": status})
    assert awaits_credit(FOREIGN)


@pytest.mark.parametrize(
    "changes",
    [{"source": "checkout"}, {"isProcessed": True}, {"status": "pending"}, {"status": "failed"}],
)
def test_ours_a_processed_and_an_unpaid_one_do_not(changes: dict[str, Any]) -> None:
    assert not awaits_credit(FOREIGN | changes)
