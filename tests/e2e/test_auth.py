"""One sign-in across the projects."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Client


def test_the_same_person_is_one_user_in_app_and_backoffice(
    user_client: Callable[..., Client],
) -> None:
    app = user_client("refugio", "owner").get("/auth/me").json()
    backoffice = user_client("refugio", "owner", "demo-bo").get("/auth/me").json()
    assert app["userId"] == backoffice["userId"]
    assert {identity["project"] for identity in app["identities"]} == {"demo-app", "demo-bo"}
    assert app["tenants"] == [{"tenantId": "refugio", "roles": ["owner"]}]


@pytest.mark.parametrize(
    ("role", "allowed"), [("owner", True), ("editor", True), ("viewer", False)]
)
def test_a_role_decides_who_may_spend(
    user_client: Callable[..., Client], role: str, allowed: bool
) -> None:
    asked = {"permission": "tokens:balance:spend", "tenantId": "refugio"}
    answer = user_client("refugio", role).post("/auth/authorize", asked).json()
    assert answer["allowed"] is allowed
    assert answer["rule"] == (f"role:{role}" if allowed else "default-deny")


def test_an_owner_is_nobody_in_another_tenant(user_client: Callable[..., Client]) -> None:
    asked = {"permission": "tokens:balance:read", "tenantId": "las-reinas"}
    assert not user_client("refugio", "owner").post("/auth/authorize", asked).json()["allowed"]
