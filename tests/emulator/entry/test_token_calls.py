"""Tokens over HTTP: whose account and which row, whatever its name and wherever it came from."""

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client
from tests.unit.entry.calls import code

TOKENS = "/api/v1/tokens"


def deducted(client: Client, account: str) -> str:
    answer = client.post(f"{TOKENS}/deduct", {"amount": 1, "account": account})
    assert answer.status_code == 201
    return str(answer.get_json()["transactionId"])


@pytest.fixture
def editor(as_user: AsUser, tenant: str) -> Client:
    return as_user("tokens", **{tenant: "editor"})


def test_a_hold_ends_however_long_the_name_of_its_account(as_user: AsUser) -> None:
    tenant = unique("t").ljust(124, "t")
    editor, body = as_user("tokens", **{tenant: "editor"}), {"amount": 5, "ttlSeconds": 60}
    held = editor.post(f"{TOKENS}/holds", body | {"account": f"org_{tenant}"}).get_json()
    ended = editor.function.delete(f"{TOKENS}/holds/{held['holdId']}", headers=editor.credential)
    assert (ended.status_code, ended.get_json()["released"]) == (200, 5)


def test_a_refund_is_answered_again_and_in_other_words_refused(editor: Client, tenant: str) -> None:
    path = f"{TOKENS}/transactions/{deducted(editor, f'org_{tenant}')}/refund"
    first, again = (editor.post(path, {"reason": "x"}, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.get_json() == again.get_json()
    other = editor.post(path, {"reason": "y"}, Idempotency_Key="k")
    assert code(other) == (422, "idempotency-key-reused")
    assert code(editor.post(path, {"reason": "x"}, Idempotency_Key="l")) == (409, "conflict")


def test_a_key_is_for_one_thing(editor: Client, tenant: str) -> None:
    account = f"org_{tenant}"
    one, two = (deducted(editor, account) for _ in range(2))
    refund = f"{TOKENS}/transactions/{{}}/refund"
    assert editor.post(refund.format(one), {"reason": "x"}, Idempotency_Key="k").status_code == 201
    for path, body in (
        (refund.format(two), {"reason": "x"}),
        (f"{TOKENS}/deduct", {"amount": 1, "account": account}),
        (f"{TOKENS}/holds", {"amount": 1, "account": account, "ttlSeconds": 60}),
    ):
        answer = editor.post(path, body, Idempotency_Key="k")
        assert code(answer) == (422, "idempotency-key-reused")
    again = editor.post(refund.format(one), {"reason": "x"}, Idempotency_Key="k")
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_refund_is_for_those_who_may_spend(editor: Client, as_user: AsUser, tenant: str) -> None:
    path = f"{TOKENS}/transactions/{deducted(editor, f'org_{tenant}')}/refund"
    viewer = as_user("tokens", **{tenant: "viewer"})
    foreigner = as_user("tokens", **{unique("other"): "owner"})
    assert code(viewer.post(path, {"reason": "x"})) == (403, "forbidden")
    assert code(foreigner.post(path, {"reason": "x"})) == (404, "not-found")


def test_a_row_that_another_product_wrote_is_nothing_to_refund(
    editor: Client, wiring: Wiring, tenant: str
) -> None:
    row = {"userId": f"org_{tenant}", "type": "deduct", "amount": 5}
    _, stored = wiring.hub.collection("token_transactions").add(row)
    answer = editor.post(f"{TOKENS}/transactions/{stored.id}/refund", {"reason": "x"})
    assert code(answer) == (404, "not-found")


@pytest.mark.parametrize(
    "odd",
    [
        {"includedTokens": float("inf")},
        {"limits": {"memberCaps": [1]}},
        {"usage": {"day": "today"}},
        {"status": "parked"},
    ],
)
def test_an_account_under_review_is_a_conflict(
    editor: Client, wiring: Wiring, tenant: str, odd: dict[str, object]
) -> None:
    account = f"org_{tenant}"
    deducted(editor, account)
    wiring.hub.collection("token_balances").document(account).update(odd)
    named = {"amount": 1, "account": account}
    for path, body in (("deduct", named), ("holds", named | {"ttlSeconds": 5})):
        # The instance finds out by its commit that the account has changed.
        assert code(editor.post(f"{TOKENS}/{path}", body)) == (409, "conflict")
    answer = editor.get(f"{TOKENS}/usage?account={account}")
    assert answer.status_code == (409 if "usage" in odd else 200)
