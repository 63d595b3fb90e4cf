"""Names that no account can have, by whoever may name any."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from functions_framework import create_app

from shared.auth.known_keys import issue_key
from shared.wiring import Wiring

ODD = ["a/b", "..", ".", "__x__", "org_a/b", "a" * 1_501, "", "\N{BULLET}"]


@pytest.fixture(scope="module")
def tokens() -> FlaskClient:
    app = create_app("tokens", Path("main.py").resolve())  # type: ignore[no-untyped-call]
    client: FlaskClient = app.test_client()
    return client


@pytest.fixture
def platform(wiring: Wiring) -> dict[str, str]:
    expires = wiring.clock() + timedelta(days=1)
    key = issue_key(wiring.api_keys, wiring.settings, "odd", "hyphae", None, expires)
    return {"X-API-Key": key.text, "Idempotency-Key": os.urandom(8).hex()}


@pytest.mark.parametrize("account", ODD)
def test_they_are_refused_before_any_read(
    tokens: FlaskClient, platform: dict[str, str], account: str
) -> None:
    answers = [
        tokens.get("/balance", query_string={"account": account}, headers=platform),
        tokens.post("/deduct", json={"amount": 1, "account": account}, headers=platform),
        tokens.post("/check", json={"amount": 1, "account": account}, headers=platform),
        tokens.get("/transactions", query_string={"account": account}, headers=platform),
        tokens.get("/usage", query_string={"account": account}, headers=platform),
    ]
    assert {answer.status_code for answer in answers} == {422}


@pytest.mark.parametrize("hold_id", ["x", "x.", "x..", "x...", "x.__y__", "x.nobody"])
def test_a_hold_of_such_a_name_is_not_there(
    tokens: FlaskClient, platform: dict[str, str], hold_id: str
) -> None:
    assert tokens.delete(f"/holds/{hold_id}", headers=platform).status_code == 404
