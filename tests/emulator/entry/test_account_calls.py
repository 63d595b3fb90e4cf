"""Accounts over HTTP: opened, moved to another tier and limited by the platform alone."""

from collections.abc import Callable

import pytest

from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.unit.entry.calls import code

ACCOUNTS = "/api/v1/billing/accounts"
PLAN, LIMITS = {"tier": "pro"}, {"overage": "unlimited"}


@pytest.fixture
def admin(with_key: Callable[..., Client]) -> Client:
    return with_key("billing", None)


@pytest.fixture
def account(admin: Client) -> str:
    account_id = unique("account")
    opened = admin.post(ACCOUNTS, {"accountId": account_id, "tier": "free"})
    assert opened.status_code == 201
    return account_id


def test_nobody_else_opens_or_changes_an_account(
    as_user: Callable[..., Client], with_key: Callable[..., Client], tenant: str, admin: Client
) -> None:
    pool = f"org_{tenant}"
    opening = {"accountId": pool, "tier": "free"}
    assert admin.post(ACCOUNTS, opening).status_code == 201
    for caller in (as_user("billing", **{tenant: "owner"}), with_key("billing", tenant)):
        for method, path, body in (
            ("POST", ACCOUNTS, opening),
            ("PUT", f"{ACCOUNTS}/{pool}/plan", PLAN),
            ("PUT", f"{ACCOUNTS}/{pool}/limits", LIMITS),
        ):
            assert code(caller.send(method, path, body)) == (403, "forbidden")


def test_an_account_is_moved_to_a_tier_that_there_is(admin: Client, account: str) -> None:
    path = f"{ACCOUNTS}/{account}/plan"
    assert admin.send("PUT", path, PLAN).get_json()["includedTokens"] == 10_000
    assert code(admin.send("PUT", path, {"tier": "golden"})) == (422, "validation-error")
    assert code(admin.send("PUT", f"{ACCOUNTS}/nobody/plan", PLAN)) == (404, "not-found")
