"""What no client reads or writes in any project, whoever they are."""

import pytest

from tests.emulator.rules.builders import (
    APP,
    APP_DOCUMENTS,
    BACKBONE_ONLY,
    DORA,
    HUB,
    HUB_DOCUMENTS,
)
from tests.emulator.rules.harness import Client, Database, id_token

EDITOR_EVERYWHERE = {"refugio": "owner", "las-reinas": "owner"}


def refuses_everything(client: Client, path: str) -> bool:
    collection, _, _ = path.rpartition("/")
    own = {"userId": DORA, "tenantId": "refugio"}
    return not any(
        (
            client.may_get(path),
            client.may_list(collection),
            client.may_query(collection.rpartition("/")[2], group=True),
            client.may_create(f"{path}-new", own),
            client.may_set(path, own),
            client.may_change(path, "tenantId", "refugio"),
            client.may_delete(path),
        )
    )


@pytest.mark.parametrize("path", BACKBONE_ONLY)
def test_the_backbones_own_collections_are_closed_in_the_hub(hub: Database, path: str) -> None:
    assert refuses_everything(hub.client(id_token(HUB, DORA)), path)
    assert refuses_everything(hub.client(), path)


@pytest.mark.parametrize("path", BACKBONE_ONLY)
def test_the_backbones_own_collections_are_closed_in_a_member_project(
    app: Database, path: str
) -> None:
    assert refuses_everything(app.client(id_token(APP, DORA, tenants=EDITOR_EVERYWHERE)), path)
    assert refuses_everything(app.client(), path)


@pytest.mark.parametrize("path", HUB_DOCUMENTS)
def test_the_hubs_collections_are_closed_in_a_member_project(app: Database, path: str) -> None:
    somebody = id_token(APP, DORA, tenants=EDITOR_EVERYWHERE)
    assert refuses_everything(app.client(somebody), path)


@pytest.mark.parametrize("path", APP_DOCUMENTS)
def test_mirrored_collections_are_closed_in_the_hub(hub: Database, path: str) -> None:
    somebody = id_token(HUB, DORA, tenants=EDITOR_EVERYWHERE)
    assert refuses_everything(hub.client(somebody), path)
