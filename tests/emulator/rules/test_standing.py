"""Who is suspended, in a team, or in a tenant that has ended: the rules judge as the API does."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.rules.builders import ANA, DORA, HUB, TINA, member, tenant, user
from tests.emulator.rules.harness import OWNER, Client, Database, equal, id_token

SUSPENDED: list[dict[str, Any]] = [
    {"status": "suspended"},
    {"status": None},
    {"status": ""},
    {"disabled": True},
    {"status": "active", "disabled": True},
]
OF_THE_TENANT = ["tenants/refugio", "token_balances/org_refugio", "tenants/refugio/menu_items/bone"]


def client(hub: Database, user_id: str) -> Client:
    return hub.client(id_token(HUB, user_id))


def store(hub: Database, path: str, fields: Mapping[str, Any]) -> None:
    assert hub.client(OWNER).may_set(path, fields)


def reads_the_tenant(hub: Database, user_id: str) -> bool:
    somebody = client(hub, user_id)
    found = {somebody.may_get(path) for path in OF_THE_TENANT}
    found.add(somebody.may_query("ecosystem_events", equal("tenantId", "refugio")))
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("standing", SUSPENDED)
def test_a_user_who_is_not_active_reads_nothing(hub: Database, standing: dict[str, Any]) -> None:
    store(hub, "users/ana", user(ANA) | standing)
    assert not reads_the_tenant(hub, ANA)
    own = ("users/ana", "token_balances/ana", "token_transactions/of-ana", "token_usage/of-ana")
    assert not any(client(hub, ANA).may_get(path) for path in own)


def test_a_user_who_is_gone_reads_nothing(hub: Database) -> None:
    assert hub.client(OWNER).may_delete("users/ana")
    assert not reads_the_tenant(hub, ANA)
    assert not client(hub, ANA).may_get("token_balances/ana")


@pytest.mark.parametrize("standing", SUSPENDED)
def test_of_a_tenant_that_has_ended_nobody_reads_anything(
    hub: Database, standing: dict[str, Any]
) -> None:
    store(hub, "tenants/refugio", tenant("refugio", **standing))
    assert not reads_the_tenant(hub, DORA)
    assert client(hub, ANA).may_get("token_balances/ana")


@pytest.mark.parametrize("standing", SUSPENDED)
def test_a_suspended_member_reads_nothing_of_the_tenant(
    hub: Database, standing: dict[str, Any]
) -> None:
    store(hub, "tenants/refugio/members/dora", member("refugio", DORA, "owner") | standing)
    assert not reads_the_tenant(hub, DORA)


@pytest.mark.parametrize(
    ("roles", "teams", "reads"),
    [
        ([], ["kitchen"], True),
        (["viewer"], ["kitchen"], True),
        ([], ["gone", "kitchen"], True),
        ([], ["gone", "gone", "kitchen"], True),
        ([], [], False),
        ([], ["gone"], False),
        (["owner"], ["night"], False),
        (["owner", "volunteer"], [], False),
        (["volunteer"], ["kitchen"], False),
        ([], ["kitchen", "night"], False),
        (["owner"], ["kitchen", "gone", "gone", "gone"], False),
        (["OWNER"], [], False),
    ],
)
def test_teams_give_what_their_roles_do_and_what_rules_cannot_read_closes(
    hub: Database, roles: list[str], teams: list[str], reads: bool
) -> None:
    """A custom role may deny something, which only the API can tell."""
    store(hub, "tenants/refugio/members/tina", member("refugio", TINA, *roles) | {"teams": teams})
    assert reads_the_tenant(hub, TINA) is reads


@pytest.mark.parametrize("broken", [{"roles": "owner"}, {"roles": None}, {"teams": "kitchen"}, {}])
def test_a_member_that_makes_no_sense_reads_nothing(
    hub: Database, broken: Mapping[str, Any]
) -> None:
    store(hub, "tenants/refugio/members/tina", {"tenantId": "refugio", **broken})
    assert not reads_the_tenant(hub, TINA)


def test_a_team_is_of_its_own_tenant(hub: Database) -> None:
    """Being in one of that name elsewhere gives nothing."""
    store(hub, "tenants/refugio", tenant("refugio", teams={}))
    assert not reads_the_tenant(hub, TINA)


def test_nobody_opens_their_own_account_or_makes_themselves_a_member(hub: Database) -> None:
    new = client(hub, "new")
    assert not new.may_create("users/new", {"profile": {}})
    assert not new.may_create("token_balances/new", {"includedTokens": 10**9})
    assert not new.may_create("tenants/refugio/members/new", {"roles": ["owner"]})
    assert not new.may_create("tenants/mine", {"slug": "mine"})


def test_no_request_can_need_more_than_three_lookups(rules: str) -> None:
    """Firestore takes ten; what is asked for again is not counted again."""
    assert len(re.findall(r"\b(?:get|getAfter|exists|existsAfter)\(/", rules)) <= 3
