"""API keys over HTTP: rotated with an overlap, revoked, and by whom."""

from datetime import timedelta

import pytest

from shared.auth.standing import REMEMBERED_SECONDS
from shared.kernel.clock import utc_now
from shared.kernel.errors import InvalidCredentials
from shared.platform.cache import Remembered
from shared.wiring import Wiring
from tests.emulator.entry.clients import CONFLICT, FORBIDDEN, REFUSED, UNKNOWN, AsUser
from tests.emulator.entry.keys import KEYS, issued, rotated, using
from tests.emulator.entry.people import Tenant, peopled
from tests.unit.entry.calls import code


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, "owner", "admin", "editor")


def test_two_secrets_are_good_while_they_overlap(wiring: Wiring, tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    first = issued(owner)
    second = rotated(owner, first["keyId"]).get_json()
    assert second["keyId"] == first["keyId"]
    assert [using(owner, each["key"]).status_code for each in (first, second)] == [200, 200]
    third = rotated(owner, first["keyId"]).get_json()
    assert code(using(owner, first["key"])) == UNKNOWN
    assert [using(owner, each["key"]).status_code for each in (second, third)] == [200, 200]
    stored = wiring.hub.document(f"api_keys/{first['keyId']}").get().to_dict() or {}
    left = stored["previousUntil"] - utc_now()
    assert timedelta(hours=23) < left <= timedelta(days=1)


def test_secrets_that_follow_each_other_at_once_open_elsewhere_too(
    wiring: Wiring, tenant: Tenant
) -> None:
    owner = tenant.who["owner"]
    elsewhere = Wiring(wiring.settings).auth.caller_with_key
    one = issued(owner)
    assert elsewhere(one["key"])
    for _ in range(2):
        one = rotated(owner, one["keyId"], overlapSeconds=0).get_json()
        assert elsewhere(one["key"])


def test_a_secret_ends_with_the_overlap(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    first = issued(owner)
    second = rotated(owner, first["keyId"], overlapSeconds=0).get_json()
    assert code(using(owner, first["key"])) == UNKNOWN
    assert using(owner, second["key"]).status_code == 200
    assert code(rotated(owner, first["keyId"], overlapSeconds=7 * 86_400 + 1)) == REFUSED


def test_nobody_takes_over_a_key_that_does_more_than_they(tenant: Tenant) -> None:
    strong = issued(tenant.who["owner"], scopes=["auth:tenant:delete"])
    assert code(rotated(tenant.who["admin"], strong["keyId"])) == FORBIDDEN


def test_nobody_ends_a_key_that_does_more_than_they_unless_they_made_it(tenant: Tenant) -> None:
    owner, admin = tenant.who["owner"], tenant.who["admin"]
    strong = issued(owner, scopes=["auth:tenant:delete", "auth:api-key:write"])
    weak = issued(owner, scopes=["auth:api-key:write"])
    holder = owner._replace(credential={"X-API-Key": weak["key"]})
    for weaker in (admin, holder):
        assert code(weaker.delete(f"{KEYS}/{strong['keyId']}")) == FORBIDDEN
    assert using(owner, strong["key"]).status_code == 200
    mine = issued(admin)
    assert code(holder.delete(f"{KEYS}/{mine['keyId']}")) == FORBIDDEN
    for client, key in ((admin, mine), (holder, weak), (owner, strong)):
        assert client.delete(f"{KEYS}/{key['keyId']}").status_code == 204
        assert code(using(owner, key["key"])) == UNKNOWN


def test_whoever_made_a_key_ends_it_though_they_are_weaker_now(tenant: Tenant) -> None:
    owner, admin = tenant.who["owner"], tenant.who["admin"]
    made = issued(admin, scopes=["events:webhook:write"])
    role = {"permissions": ["auth:api-key:write"], "inherits": ["viewer"]}
    assert owner.send("PUT", tenant.at("roles", "clerk"), role).status_code == 200
    member = tenant.at("members", tenant.ids["admin"])
    assert owner.send("PUT", member, {"roles": ["clerk"]}).status_code == 200
    assert code(rotated(admin, made["keyId"])) == FORBIDDEN
    assert admin.delete(f"{KEYS}/{made['keyId']}").status_code == 204


def test_a_revoked_key_is_refused_here_at_once_and_stays_so(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    assert using(owner, made["key"]).status_code == 200
    for _ in range(2):
        assert owner.delete(f"{KEYS}/{made['keyId']}").status_code == 204
    assert code(using(owner, made["key"])) == UNKNOWN
    assert code(rotated(owner, made["keyId"])) == CONFLICT
    actions = [entry["action"] for entry in owner.get("/api/v1/auth/audit").get_json()["items"]]
    assert actions == ["api-key.revoke", "api-key.create"]


def test_a_revoked_key_ends_elsewhere_within_ten_seconds(wiring: Wiring, tenant: Tenant) -> None:
    """Ten seconds are what an instance remembers, and no request makes it longer."""
    made, seconds = issued(tenant.who["owner"]), [0.0]
    elsewhere = Wiring(wiring.settings, wiring.clock)
    keys = elsewhere.auth._known_keys
    keys._known = Remembered(REMEMBERED_SECONDS, monotonic=lambda: seconds[0])
    elsewhere.auth.caller_with_key(made["key"])
    tenant.who["owner"].delete(f"{KEYS}/{made['keyId']}")
    seconds[0] = 9.9
    elsewhere.auth.caller_with_key(made["key"])
    seconds[0] = 10.1
    with pytest.raises(InvalidCredentials):
        elsewhere.auth.caller_with_key(made["key"])
