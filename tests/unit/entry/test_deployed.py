"""The deployed functions themselves, as far as they answer without a single read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.auth.api_keys import make_key
from tests.builders import NEW_YEAR, claims, unsigned_token
from tests.signing import issuer
from tests.unit.entry.calls import code, raw

Deployed = Callable[[str], FlaskClient]
CALLS = [
    ("auth", "GET", "/api/v1/auth/me"),
    ("auth", "POST", "/api/v1/auth/authorize"),
    ("billing", "GET", "/api/v1/billing/packages"),
    ("billing", "GET", "/api/v1/billing/purchases/p"),
    ("billing", "GET", "/api/v1/billing/tiers"),
    ("billing", "POST", "/api/v1/billing/purchases"),
    ("billing", "POST", "/api/v1/billing/webhooks/parked/p/replay"),
    ("ecosystem", "GET", "/api/v1/ecosystem/events"),
    ("ecosystem", "POST", "/api/v1/ecosystem/events"),
    ("ecosystem", "GET", "/api/v1/ecosystem/consumers"),
    ("ecosystem", "GET", "/api/v1/ecosystem/dead-letters"),
    ("ecosystem", "GET", "/api/v1/ecosystem/events/e"),
    ("ecosystem", "POST", "/api/v1/ecosystem/dead-letters/redrive"),
    ("ecosystem", "POST", "/api/v1/ecosystem/events/e/ack"),
    ("ecosystem", "POST", "/api/v1/ecosystem/events/e/nack"),
    ("ecosystem", "POST", "/api/v1/ecosystem/events/lease"),
    ("ecosystem", "POST", "/api/v1/ecosystem/replays"),
    ("ecosystem", "DELETE", "/api/v1/ecosystem/subjects/s/personal-data"),
    ("ecosystem", "GET", "/api/v1/ecosystem/history"),
    ("ecosystem", "GET", "/api/v1/ecosystem/streams/s/events"),
    ("ecosystem", "GET", "/api/v1/ecosystem/streams/s/state"),
    ("ecosystem", "POST", "/api/v1/ecosystem/streams/s/events"),
    ("sync", "DELETE", "/api/v1/sync/tenants/t/products/p"),
    ("sync", "GET", "/api/v1/sync/tenants/t"),
    ("sync", "GET", "/api/v1/sync/tenants/t/categories"),
    ("sync", "PATCH", "/api/v1/sync/tenants/t/products/p"),
    ("sync", "POST", "/api/v1/sync/tenants/t/run"),
    ("sync", "PUT", "/api/v1/sync/tenants/t/status/SMP"),
    ("ecosystem", "GET", "/api/v1/ecosystem/webhooks"),
    ("ecosystem", "POST", "/api/v1/ecosystem/webhooks/wh_1.t/recover"),
    ("sync", "GET", "/api/v1/sync/routes/cases/runs/r"),
    ("sync", "GET", "/api/v1/sync/status"),
    ("sync", "POST", "/api/v1/sync/routes/cases/backfill"),
    ("tokens", "GET", "/api/v1/tokens/balance"),
    ("tokens", "POST", "/api/v1/tokens/check"),
    ("tokens", "POST", "/api/v1/tokens/deduct"),
]
HOSTILE: dict[str, dict[str, str]] = {
    "no token at all": {"HTTP_AUTHORIZATION": "Bearer "},
    "another scheme": {"HTTP_AUTHORIZATION": "Basic YTpi"},
    "no token's shape": {"HTTP_AUTHORIZATION": "Bearer x"},
    "a signed token": {"HTTP_AUTHORIZATION": f"Bearer {issuer().token(claims(NEW_YEAR))}"},
    "an unregistered project": {
        "HTTP_AUTHORIZATION": f"Bearer {unsigned_token(claims(NEW_YEAR, project='demo-evil'))}"
    },
    "a token in Latin-1": {"HTTP_AUTHORIZATION": "Bearer \xe9"},
    "a large token": {"HTTP_AUTHORIZATION": "Bearer " + "a" * 9000},
    "no key's shape": {"HTTP_X_API_KEY": "hy_sk_dev_x"},
    "a key in Latin-1": {"HTTP_X_API_KEY": "\xe9"},
    "a key of another environment": {"HTTP_X_API_KEY": make_key("live").text},
}


def refused(client: FlaskClient, path: str, method: str, **environ: Any) -> tuple[int, str]:
    return code(raw(client, path, method, **{"HTTP_X_API_KEY": None, **environ}))


@pytest.mark.parametrize(("name", "method", "path"), CALLS)
def test_every_call_asks_for_credentials(
    deployed: Deployed, name: str, method: str, path: str
) -> None:
    assert refused(deployed(name), path, method) == (401, "missing-credentials")


@pytest.mark.parametrize(("name", "method", "path"), CALLS)
def test_every_call_refuses_bad_credentials_without_a_read(
    deployed: Deployed, name: str, method: str, path: str
) -> None:
    answers = {
        told: refused(deployed(name), path, method, **environ) for told, environ in HOSTILE.items()
    }
    assert answers == dict.fromkeys(HOSTILE, (401, "invalid-credentials"))


def test_an_expired_token_is_said_to_be_expired(deployed: Deployed) -> None:
    bearer = f"Bearer {unsigned_token(claims(NEW_YEAR))}"
    answer = refused(deployed("auth"), "/me", "GET", HTTP_AUTHORIZATION=bearer)
    assert answer == (401, "token-expired")


@pytest.mark.parametrize("name", ["auth", "billing", "ecosystem", "gateway", "sync", "tokens"])
@pytest.mark.parametrize("path", ["/", "/nothing", "/robots.txt", "/api/v1/nothing/at/all", "/api"])
def test_where_nothing_is_a_problem_is(deployed: Deployed, name: str, path: str) -> None:
    assert code(raw(deployed(name), path)) == (404, "not-found")


@pytest.mark.parametrize(("name", "method", "path"), CALLS)
def test_no_call_answers_to_another_areas_name(
    deployed: Deployed, name: str, method: str, path: str
) -> None:
    swallowed = path.replace(f"/{name}/", f"/{name}")
    assert code(raw(deployed(name), swallowed, method)) == (404, "not-found")


@pytest.mark.parametrize("name", ["auth", "billing", "ecosystem", "tokens"])
def test_a_function_knows_the_calls_of_its_own_area_alone(deployed: Deployed, name: str) -> None:
    for area, method, path in CALLS:
        if area != name:
            assert code(raw(deployed(name), path, method)) == (404, "not-found")
