"""API keys over HTTP: shown once, within their maker's reach, rotated with an overlap, revoked."""

import time
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.auth import api_keys
from shared.auth.standing import REMEMBERED_SECONDS
from shared.kernel.clock import rfc3339, utc_now
from shared.kernel.errors import InvalidCredentials
from shared.platform.cache import Remembered
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.emulator.entry.people import AsUser, Tenant, WithKey, peopled
from tests.unit.entry.calls import code

KEYS = "/api/v1/auth/api-keys"
ME = "/api/v1/auth/authorize"
FORBIDDEN, MISSING, CONFLICT = (403, "forbidden"), (404, "not-found"), (409, "conflict")
REFUSED, UNKNOWN = (422, "validation-error"), (401, "invalid-credentials")
ASKED = {"permission": "events:event:read"}


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, "owner", "admin", "editor")


def wanted(**changes: Any) -> dict[str, Any]:
    return {"name": "till", "product": "SMP", "scopes": ["events:event:read"], **changes}


def issued(client: Client, **changes: Any) -> dict[str, Any]:
    answer = client.send("POST", KEYS, wanted(**changes))
    assert answer.status_code == 201, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def using(client: Client, key: str) -> TestResponse:
    return client._replace(credential={"X-API-Key": key}).send("POST", ME, ASKED)


def rotated(client: Client, key_id: str, **body: Any) -> TestResponse:
    return client.send("POST", f"{KEYS}/{key_id}/rotate", body)


def test_a_key_is_shown_once_and_opens_what_it_is_for(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    assert made["key"].startswith(f"hy_sk_dev_{made['keyId']}_")
    assert using(owner, made["key"]).get_json()["rule"] == "scope"
    (listed,) = owner.get(KEYS).get_json()["items"]
    assert listed["keyId"] == made["keyId"]
    assert "key" not in listed
    assert listed["scopes"] == ["events:event:read"]
    assert made["key"].rsplit("_", 1)[1] not in owner.get("/api/v1/auth/audit").get_data(
        as_text=True
    )


def test_a_key_ends_within_a_year(tenant: Tenant) -> None:
    owner, now = tenant.who["owner"], utc_now()
    until = issued(owner)["expiresAt"]
    assert rfc3339(now + timedelta(days=364)) < until < rfc3339(now + timedelta(days=366))
    for days in (-1, 400):
        answer = owner.send("POST", KEYS, wanted(expiresAt=rfc3339(now + timedelta(days=days))))
        assert code(answer) == REFUSED


def test_no_key_does_more_than_its_maker(tenant: Tenant, with_key: WithKey) -> None:
    for role, scope in (
        ("admin", "auth:tenant:delete"),
        ("owner", "billing:account:write"),
        ("editor", "events:event:read"),
    ):
        answer = tenant.who[role].send("POST", KEYS, wanted(scopes=[scope]))
        assert code(answer) == FORBIDDEN
    key = issued(tenant.who["owner"], scopes=["auth:api-key:write", "events:event:read"])
    holder = tenant.who["owner"]._replace(credential={"X-API-Key": key["key"]})
    assert issued(holder)["createdBy"] == f"key:{key['keyId']}"
    assert code(holder.send("POST", KEYS, wanted(scopes=["events:event:emit"]))) == FORBIDDEN
    platform = with_key("auth", None)
    assert issued(platform, tenantId=tenant.name)["tenantId"] == tenant.name
    assert code(platform.send("POST", KEYS, wanted(tenantId=unique("none")))) == MISSING


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scopes": ["no:such:scope"]}, "/scopes/0"),
        ({"scopes": ["events:*:read"]}, "/scopes/0"),
        ({"scopes": []}, "/scopes"),
        ({"name": ""}, "/name"),
        ({"digest": "x"}, "/digest"),
        ({"expiresAt": 4102444800}, "/expiresAt"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(
    tenant: Tenant, changes: dict[str, Any], pointer: str
) -> None:
    answer = tenant.who["owner"].send("POST", KEYS, wanted(**changes))
    assert code(answer) == REFUSED
    assert answer.get_json()["errors"][0]["pointer"] == pointer
    assert tenant.who["owner"].get(KEYS).get_json()["items"] == []


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


def test_a_foreign_key_and_none_look_alike(
    wiring: Wiring, tenant: Tenant, as_user: AsUser, with_key: WithKey
) -> None:
    other = peopled(wiring, as_user, "owner")
    theirs = issued(other.who["owner"])["keyId"]
    platforms = with_key("auth", None).credential["X-API-Key"].split("_")[3]
    for client in (tenant.who["owner"], with_key("auth", tenant.name)):
        answers = [client.delete(f"{KEYS}/{k}") for k in (theirs, platforms, "a" * 16, "odd")]
        answers += [rotated(client, k) for k in (theirs, platforms, "a" * 16, "odd")]
        assert {code(answer) for answer in answers} == {MISSING}
        assert len({answer.get_json()["detail"] for answer in answers}) == 1
    assert code(tenant.who["owner"].get(KEYS, **{"X-Tenant-Id": other.name})) == MISSING


def test_keys_are_listed_in_pages(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = sorted(issued(owner, name=f"k{n}")["keyId"] for n in range(3))
    first = owner.get(f"{KEYS}?limit=2").get_json()
    rest = owner.get(f"{KEYS}?limit=2&cursor={first['nextCursor']}").get_json()
    assert [item["keyId"] for item in first["items"] + rest["items"]] == made
    assert rest["nextCursor"] is None


def actions(tenant: Tenant) -> list[str]:
    entries = tenant.who["owner"].get("/api/v1/auth/audit").get_json()["items"]
    return [entry["action"] for entry in entries]


EXPOSED: dict[str, Any] = {
    "in the path": lambda key: ("DELETE", f"{KEYS}/{key}", None),
    "in the query": lambda key: ("GET", f"{KEYS}?cursor={key}", None),
    "in a body": lambda key: ("POST", KEYS, wanted(name=key)),
}


@pytest.mark.parametrize("exposing", EXPOSED.values(), ids=EXPOSED.keys())
def test_a_key_out_of_its_place_is_refused_and_told_of_once(
    tenant: Tenant, exposing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = tenant.who["owner"]
    key = issued(owner)["key"]
    for _ in range(2):
        assert code(owner.send(*exposing(key))) == (400, "invalid-request")
    assert actions(tenant) == ["api-key.exposed", "api-key.create"]
    assert key not in capsys.readouterr().out
    assert key not in owner.get("/api/v1/auth/audit").get_data(as_text=True)


def test_what_only_looks_like_a_key_is_told_of_to_nobody(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    other = rotated(owner, made["keyId"], overlapSeconds=0).get_json()
    assert code(owner.delete(f"{KEYS}/{made['key']}")) == (400, "invalid-request")
    assert "api-key.exposed" not in actions(tenant)
    assert using(owner, other["key"]).status_code == 200


def test_a_guess_at_a_key_hides_nothing_of_what_happens_to_it(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    guess = api_keys.make_key("dev", made["keyId"]).text
    for text in (guess, made["key"]):
        assert code(owner.delete(f"{KEYS}/{text}")) == (400, "invalid-request")
    assert actions(tenant) == ["api-key.exposed", "api-key.create"]


def test_the_last_use_is_noted_once_a_minute(wiring: Wiring, tenant: Tenant) -> None:
    made = issued(tenant.who["owner"])
    for _ in range(3):
        using(tenant.who["owner"], made["key"])
    document = wiring.hub.document(f"api_keys/{made['keyId']}")
    deadline = utc_now() + timedelta(seconds=5)
    while (document.get().to_dict() or {}).get("lastUsedAt") is None:
        assert utc_now() < deadline
        time.sleep(0.02)
    first = document.get()
    using(tenant.who["owner"], made["key"])
    using(tenant.who["owner"]._replace(), made["key"])
    assert document.get().update_time == first.update_time
    assert tenant.who["owner"].get(KEYS).get_json()["items"][0]["lastUsedAt"]


def test_a_key_switches_to_no_other_tenant(
    wiring: Wiring, tenant: Tenant, as_user: AsUser, with_key: WithKey
) -> None:
    other, key = peopled(wiring, as_user, "owner"), with_key("auth", tenant.name)
    answers = [
        key.get(KEYS, **{"X-Tenant-Id": name}) for name in (other.name, unique("tenant"))
    ] + [key.send("POST", KEYS, wanted(tenantId=name)) for name in (other.name, unique("tenant"))]
    assert {code(answer) for answer in answers} == {MISSING}
    assert other.who["owner"].get(KEYS).get_json()["items"] == []


def test_two_keys_in_one_request_are_none(tenant: Tenant) -> None:
    key = issued(tenant.who["owner"])["key"]
    assert code(using(tenant.who["owner"], f"{key}, {key}")) == (400, "invalid-request")


def test_whoever_guesses_at_a_key_takes_nothing_from_its_owner(tenant: Tenant) -> None:
    """A wrong secret that has the shape and the checksum, again and again."""
    owner, made = tenant.who["owner"], issued(tenant.who["owner"])
    guess = api_keys.make_key("dev", made["keyId"]).text
    assert {code(using(owner, guess)) for _ in range(5)} == {UNKNOWN}
    assert using(owner, made["key"]).status_code == 200


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
