"""The hub's rules: everybody reads what is theirs and their tenants', and writes nothing."""

import pytest

from tests.emulator.rules.builders import ANA, APP, BEN, DORA, EDU, EVA, HUB, TINA, UNREGISTERED
from tests.emulator.rules.harness import (
    JSON,
    OWNER,
    Client,
    Database,
    containing,
    equal,
    id_token,
    one_of,
)

OWN = [
    "users/ana",
    "token_balances/ana",
    "token_transactions/of-ana",
    "token_purchases/of-ana",
    "token_usage/of-ana",
]
OF_THE_TENANT = [
    "token_balances/org_refugio",
    "token_transactions/of-refugio",
    "token_purchases/of-refugio",
    "token_usage/of-refugio",
    "tenants/refugio",
    "tenants/refugio/members/ana",
    "tenants/refugio/members/dora",
    "tenants/refugio/menu_items/bone",
    "tenants/refugio/menu_sections/treats",
    "tenants/refugio/tenant_sync/app",
    "ecosystem_events/of-refugio",
]


def client(hub: Database, user_id: str, project: object = HUB) -> Client:
    return hub.client(id_token(project, user_id))


@pytest.mark.parametrize("path", OWN)
def test_a_user_reads_their_own_documents(hub: Database, path: str) -> None:
    assert client(hub, ANA).may_get(path)


@pytest.mark.parametrize("path", OWN)
def test_not_even_the_owner_of_their_tenant_reads_a_users_documents(
    hub: Database, path: str
) -> None:
    assert not client(hub, DORA).may_get(path)


@pytest.mark.parametrize("user_id", [ANA, DORA, EDU, TINA])
@pytest.mark.parametrize("path", OF_THE_TENANT)
def test_every_member_reads_the_tenants_documents(hub: Database, path: str, user_id: str) -> None:
    assert client(hub, user_id).may_get(path)


@pytest.mark.parametrize("path", OF_THE_TENANT)
def test_the_owner_of_another_tenant_reads_none_of_them(hub: Database, path: str) -> None:
    assert not client(hub, BEN).may_get(path)


@pytest.mark.parametrize("path", OF_THE_TENANT)
def test_a_custom_role_alone_reads_nothing_past_the_api(hub: Database, path: str) -> None:
    assert not client(hub, EVA).may_get(path)


def test_somebody_who_bought_for_the_tenant_reads_the_purchase_after_leaving(hub: Database) -> None:
    hub.client(OWNER).may_delete("tenants/refugio/members/dora")
    assert client(hub, DORA).may_get("token_purchases/of-refugio")


def test_somebody_who_left_the_tenant_reads_no_more_of_it(hub: Database) -> None:
    hub.client(OWNER).may_delete("tenants/refugio/members/ana")
    assert not any(client(hub, ANA).may_get(path) for path in OF_THE_TENANT)


@pytest.mark.parametrize("path", OWN + OF_THE_TENANT)
def test_nobody_reads_without_a_token(hub: Database, path: str) -> None:
    assert not hub.client().may_get(path)


@pytest.mark.parametrize("project", [APP, UNREGISTERED, "", None, [HUB]])
@pytest.mark.parametrize("path", OWN + OF_THE_TENANT)
def test_a_token_of_another_project_reads_nothing(
    hub: Database, path: str, project: object
) -> None:
    assert not client(hub, ANA, project).may_get(path)


def test_a_missing_document_and_a_foreign_one_look_alike(hub: Database) -> None:
    paths = ["tenants/las-reinas", "tenants/nowhere", "users/ben", "users/nobody"]
    assert not any(client(hub, ANA).may_get(path) for path in paths)


@pytest.mark.parametrize(
    ("collection", "where", "order"),
    [
        ("token_transactions", [equal("accountId", ANA)], "-seq"),
        ("token_transactions", [equal("accountId", ANA), equal("type", "deduct")], "-seq"),
        ("token_transactions", [equal("accountId", "org_refugio")], "-seq"),
        ("token_usage", [equal("accountId", ANA)], "day"),
        ("token_usage", [equal("accountId", "org_refugio")], None),
        ("token_purchases", [equal("userId", ANA)], None),
        ("token_purchases", [equal("accountId", "org_refugio")], None),
        ("ecosystem_events", [equal("tenantId", "refugio")], "recordedAt"),
        (
            "ecosystem_events",
            [
                equal("tenantId", "refugio"),
                containing("targets", "app"),
                equal("eventType", "token_low"),
            ],
            "recordedAt",
        ),
    ],
)
def test_a_member_queries_an_account_or_tenant_of_theirs(
    hub: Database, collection: str, where: list[JSON], order: str | None
) -> None:
    assert client(hub, ANA).may_query(collection, *where, order=order)
    assert client(hub, ANA).may_count(collection, *where)


@pytest.mark.parametrize(
    ("collection", "where"),
    [
        ("token_transactions", []),
        ("token_transactions", [equal("accountId", BEN)]),
        ("token_transactions", [equal("accountId", "org_las-reinas")]),
        ("token_transactions", [one_of("accountId", [ANA, BEN])]),
        ("token_transactions", [equal("userId", ANA)]),
        ("token_usage", []),
        ("token_usage", [equal("accountId", BEN)]),
        ("token_purchases", []),
        ("token_purchases", [equal("userId", BEN)]),
        ("token_purchases", [equal("accountId", "org_las-reinas")]),
        ("ecosystem_events", []),
        ("ecosystem_events", [equal("tenantId", "las-reinas")]),
        ("ecosystem_events", [one_of("tenantId", ["refugio", "las-reinas"])]),
        ("ecosystem_events", [containing("targets", "app")]),
        ("users", []),
        ("token_balances", []),
        ("token_balances", [equal("accountId", ANA)]),
        ("tenants", []),
        ("tenants", [equal("slug", "refugio")]),
    ],
)
def test_a_query_that_could_find_more_than_that_is_refused(
    hub: Database, collection: str, where: list[JSON]
) -> None:
    assert not client(hub, ANA).may_query(collection, *where)
    assert not client(hub, ANA).may_count(collection, *where)


@pytest.mark.parametrize("name", ["members", "menu_items", "menu_sections", "tenant_sync"])
def test_only_members_list_the_members_and_menu_of_a_tenant(hub: Database, name: str) -> None:
    collection = f"tenants/refugio/{name}"
    assert client(hub, ANA).may_list(collection)
    assert not client(hub, BEN).may_list(collection)
    assert not client(hub, ANA, APP).may_list(collection)
    assert not hub.client().may_list(collection)


@pytest.mark.parametrize(
    ("collection", "where"),
    [
        ("members", [equal("userId", ANA)]),
        ("members", [equal("tenantId", "refugio")]),
        ("roles", []),
        ("menu_items", [equal("tenantId", "refugio")]),
        ("token_transactions", [equal("accountId", ANA)]),
        ("ecosystem_events", [equal("tenantId", "refugio")]),
    ],
)
def test_no_query_reaches_across_a_collection_group(
    hub: Database, collection: str, where: list[JSON]
) -> None:
    assert not client(hub, ANA).may_query(collection, *where, group=True)


@pytest.mark.parametrize("user_id", [ANA, DORA])
@pytest.mark.parametrize("path", OWN + OF_THE_TENANT)
def test_clients_write_nothing_in_the_hub(hub: Database, path: str, user_id: str) -> None:
    somebody = client(hub, user_id)
    own = {"userId": user_id, "accountId": user_id, "tenantId": "refugio"}
    assert not somebody.may_create(f"{path}-new", own)
    assert not somebody.may_set(path, own)
    assert not somebody.may_change(path, "includedTokens", 10**9)
    assert not somebody.may_change(path, "tenants", ["las-reinas"])
    assert not somebody.may_increment(path, "purchasedTokens")
    assert not somebody.may_delete(path)
