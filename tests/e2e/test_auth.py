"""One sign-in across the projects."""

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.builders import unique
from tests.e2e.conftest import Client, eventually


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


def test_a_member_project_s_tokens_say_who_is_in_which_tenant(
    user_client: Callable[..., Client],
) -> None:
    for role, project in (("owner", "demo-app"), ("owner", "demo-bo"), ("viewer", "demo-app")):
        sign_in = partial(user_client, "refugio", role, project)
        assert eventually(partial(claimed_after, sign_in)) == role


def claimed_after(sign_in: Callable[[], Client]) -> object:
    return claimed(sign_in())


def claimed(client: Client) -> object:
    """The role in `refugio` that the ID token of a fresh sign-in states."""
    token = client.headers["Authorization"].split(".")[1]
    stated = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return stated.get("tenants", {}).get("refugio")


def test_what_an_owner_changes_is_in_the_audit_of_the_tenant_and_in_no_other(
    user_client: Callable[..., Client],
) -> None:
    owner, editor = user_client("refugio", "owner"), user_client("refugio", "editor")
    role = {"permissions": ["events:event:emit"], "inherits": ["viewer"]}
    name = unique("role")
    assert owner.put(f"/auth/tenants/refugio/roles/{name}", role).status_code == 200
    assert editor.put(f"/auth/tenants/refugio/roles/{name}", role).status_code == 403
    stranger = user_client("las-reinas", "owner")
    assert stranger.put(f"/auth/tenants/refugio/roles/{name}", role).status_code == 404
    assert owner.delete(f"/auth/tenants/refugio/roles/{name}").status_code == 204
    entries = owner.get("/auth/audit?limit=100").json()["items"]
    actions = [entry["action"] for entry in entries if entry["target"] == name]
    assert actions == ["role.remove", "role.put"]
    assert owner.post("/auth/audit/verify", {}).json()["valid"]
    assert name not in stranger.get("/auth/audit?limit=100").text


def test_a_key_is_issued_used_rotated_and_revoked(
    user_client: Callable[..., Client], ecosystem: dict[str, Any]
) -> None:
    owner = user_client("las-reinas", "owner")
    wanted = {"name": "till", "product": "SMP", "scopes": ["sync:catalogue:read"]}
    first = owner.post("/auth/api-keys", wanted).json()
    second = owner.post(f"/auth/api-keys/{first['keyId']}/rotate", {"overlapSeconds": 60}).json()
    for issued in (first, second):
        key = Client(ecosystem["baseUrl"], {"X-API-Key": issued["key"]})
        assert key.get("/sync/tenants/las-reinas/products").status_code == 200
        assert key.get("/sync/tenants/refugio/products").status_code == 404
        assert key.post("/sync/tenants/las-reinas/products", {}).status_code in (403, 422)
    assert owner.delete(f"/auth/api-keys/{first['keyId']}").status_code == 204
