"""A tenant's encryption key over HTTP: who may rotate and destroy it, and what is told of it."""

from typing import Any

import pytest

from shared.crypto.models import Erased, Place
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, WithKey
from tests.emulator.entry.people import AUDIT, VERIFY, Tenant, peopled
from tests.unit.entry.calls import code

KEY, ROTATE = "encryption-key", "encryption-key/rotate"


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, "owner", "admin", "editor", "viewer")


@pytest.fixture
def place(tenant: Tenant) -> Place:
    return Place(tenant.name, "connections", "crm", "refreshToken")


def acts(tenant: Tenant) -> list[tuple[str, str]]:
    items: list[dict[str, Any]] = tenant.who["owner"].get(AUDIT).get_json()["items"]
    assert tenant.who["owner"].post(VERIFY).get_json()["valid"] is True
    return sorted((entry["action"], entry["actor"]) for entry in items)


def test_a_rotation_seals_with_a_new_version_and_is_on_record(
    wiring: Wiring, tenant: Tenant, place: Place
) -> None:
    admin = tenant.who["admin"]
    assert code(admin.send("GET", tenant.at(KEY))) == (404, "not-found")
    assert code(admin.send("POST", tenant.at(ROTATE))) == (404, "not-found")
    text = wiring.sealed.seal(place, b"x")
    answer = admin.send("POST", tenant.at(ROTATE)).get_json()
    assert (answer["version"], answer["settledVersion"]) == (2, 1)
    assert answer["rotatedAt"]
    assert admin.send("GET", tenant.at(KEY)).get_json() == answer
    assert Wiring(wiring.settings).sealed.open(place, text) == b"x"
    assert acts(tenant) == [("encryption-key.rotate", f"user:{tenant.ids['admin']}")]


def test_an_owner_destroys_it_once_and_for_good(
    wiring: Wiring, tenant: Tenant, place: Place
) -> None:
    wiring.sealed.seal(place, b"x")
    owner = tenant.who["owner"]
    first = owner.send("DELETE", tenant.at(KEY))
    assert first.status_code == 200
    gone = first.get_json()
    assert (gone["version"], gone["rotatedAt"], gone["effectiveWithinSeconds"]) == (0, None, 300)
    assert gone["destroyedAt"]
    assert gone["irreversible"] is True
    assert owner.send("DELETE", tenant.at(KEY)).get_json() == gone
    assert code(owner.send("POST", tenant.at(ROTATE))) == (409, "conflict")
    with pytest.raises(Erased):
        Wiring(wiring.settings).sealed.seal(place, b"x")
    assert acts(tenant) == [("encryption-key.destroy", f"user:{tenant.ids['owner']}")]


def test_lesser_roles_neither_look_rotate_nor_destroy(
    wiring: Wiring, tenant: Tenant, place: Place
) -> None:
    wiring.sealed.seal(place, b"x")
    calls = [("GET", KEY), ("POST", ROTATE), ("DELETE", KEY)]
    for role in ("editor", "viewer"):
        for method, path in calls:
            assert code(tenant.who[role].send(method, tenant.at(path))) == (403, "forbidden")
    assert code(tenant.who["admin"].send("DELETE", tenant.at(KEY))) == (403, "forbidden")
    ring = wiring.tenant_keys.look(tenant.name)
    assert (ring.newest, ring.destroyed_at) == (1, None)


def test_a_foreign_tenant_and_one_of_nobody_look_alike(
    wiring: Wiring, tenant: Tenant, as_user: AsUser, with_key: WithKey, place: Place
) -> None:
    wiring.sealed.seal(place, b"x")
    stranger = as_user("auth", **{unique("tenant"): "owner"})
    platform = with_key("auth", None)
    for method, path in (("GET", KEY), ("POST", ROTATE), ("DELETE", KEY)):
        nowhere = f"/api/v1/auth/tenants/{unique('nowhere')}/{path}"
        foreign, missing = (stranger.send(method, at) for at in (tenant.at(path), nowhere))
        assert code(foreign) == code(missing) == (404, "not-found")
        assert foreign.get_json()["detail"] == missing.get_json()["detail"]
        assert code(platform.send(method, nowhere)) == (404, "not-found")
    assert wiring.tenant_keys.look(tenant.name).destroyed_at is None


def test_the_platform_may_end_a_tenants_key(tenant: Tenant, with_key: WithKey) -> None:
    answer = with_key("auth", None).send("DELETE", tenant.at(KEY))
    assert answer.get_json()["destroyedAt"]
