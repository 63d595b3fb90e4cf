"""Each collection by each kind of caller: what is not in the table is closed to all."""

from typing import NamedTuple

import pytest

from tests.emulator.rules.builders import (
    ANA,
    APP,
    BACKBONE_ONLY,
    BEN,
    DORA,
    EDU,
    HUB,
)
from tests.emulator.rules.harness import JSON, Client, Database, equal, id_token


class Caller(NamedTuple):
    """Whose token, and of which project."""

    user_id: str
    project: str


OWNER, EDITOR, VIEWER = Caller(DORA, HUB), Caller(EDU, HUB), Caller(ANA, HUB)
ANOTHER_TENANT, ANOTHER_PROJECT, NOBODY = Caller(BEN, HUB), Caller(DORA, APP), None
CALLERS = [OWNER, EDITOR, VIEWER, ANOTHER_TENANT, ANOTHER_PROJECT, NOBODY]
MEMBERS = {OWNER, EDITOR, VIEWER}
REFUGIO, POOL = equal("tenantId", "refugio"), equal("accountId", "org_refugio")

# Whoever may read a document; and by which query its collection is listed, if by any.
READERS: dict[str, tuple[set[Caller], list[JSON] | None]] = {
    "users/ana": ({VIEWER}, None),
    "token_balances/ana": ({VIEWER}, None),
    "token_transactions/of-ana": ({VIEWER}, [equal("accountId", ANA)]),
    "token_purchases/of-ana": ({VIEWER}, [equal("userId", ANA)]),
    "token_usage/of-ana": ({VIEWER}, [equal("accountId", ANA)]),
    "token_balances/org_refugio": (MEMBERS, None),
    "token_transactions/of-refugio": (MEMBERS, [POOL]),
    "token_purchases/of-refugio": (MEMBERS, [POOL]),
    "token_usage/of-refugio": (MEMBERS, [POOL]),
    "tenants/refugio": (MEMBERS, None),
    "tenants/refugio/members/ana": (MEMBERS, []),
    "tenants/refugio/menu_items/bone": (MEMBERS, []),
    "tenants/refugio/menu_sections/treats": (MEMBERS, []),
    "tenants/refugio/tenant_sync/app": (MEMBERS, []),
    "ecosystem_events/of-refugio": (MEMBERS, [REFUGIO]),
}
DOCUMENTS = [*READERS, *BACKBONE_ONLY]


def client(hub: Database, caller: Caller | None) -> Client:
    return hub.client(id_token(caller.project, caller.user_id) if caller else None)


def lists(somebody: Client, path: str, where: list[JSON]) -> bool:
    """By the query of the table; below a tenant, by simply listing."""
    collection = path.rpartition("/")[0]
    if "/" in collection:
        return somebody.may_list(collection)
    return somebody.may_query(collection, *where)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_collection_is_read_listed_and_written_by_whom_the_table_says(
    hub: Database, path: str
) -> None:
    readers, where = READERS.get(path, (set(), None))
    for caller in CALLERS:
        somebody = client(hub, caller)
        assert somebody.may_get(path) is (caller in readers), caller
        assert lists(somebody, path, where or []) is (where is not None and caller in readers)
        assert not somebody.may_create(f"{path}-new", {"tenantId": "refugio", "accountId": ANA})
        assert not somebody.may_change(path, "tenantId", "refugio")
        assert not somebody.may_delete(path)
