"""Mirrored collections: members read, editors write, and `_sync` is the backbone's alone."""

from typing import Any

import pytest

from tests.emulator.rules.builders import ANA, APP, HUB, UNREGISTERED, case
from tests.emulator.rules.harness import Client, Database, equal, id_token, one_of

READERS = ["viewer", "editor", "admin", "owner"]
WRITERS = ["editor", "admin", "owner"]
STRANGERS: list[dict[str, Any]] = [
    {},
    {"tenants": None},
    {"tenants": "refugio"},
    {"tenants": ["refugio"]},
    {"tenants": {}},
    {"tenants": {"refugio": "volunteer"}},
    {"tenants": {"refugio": "OWNER"}},
    {"tenants": {"refugio": ["owner"]}},
    {"tenants": {"refugio": True}},
    {"tenants": {"las-reinas": "owner"}},
    {"roles": ["owner"], "role": "owner", "admin": True},
    {"tenants": {"refugio": "owner"}, "firebase": {"sign_in_provider": "anonymous"}},
]


def client(app: Database, role: str, project: object = APP) -> Client:
    return app.client(id_token(project, ANA, tenants={"refugio": role}))


def stranger(app: Database, claims: dict[str, Any]) -> Client:
    return app.client(id_token(APP, ANA, **claims))


@pytest.mark.parametrize("role", READERS)
def test_every_member_reads_and_queries_the_tenants_cases(app: Database, role: str) -> None:
    somebody = client(app, role)
    assert somebody.may_get("cases/luna")
    assert somebody.may_query("cases", equal("tenantId", "refugio"), order="name")
    assert somebody.may_count("cases", equal("tenantId", "refugio"))


@pytest.mark.parametrize("provider", ["password", "google.com", "custom"])
def test_a_member_has_signed_in(app: Database, provider: str) -> None:
    stated = {"tenants": {"refugio": "viewer"}, "firebase": {"sign_in_provider": provider}}
    assert stranger(app, stated).may_get("cases/luna")


@pytest.mark.parametrize("role", READERS)
def test_no_member_reads_or_finds_a_case_of_another_tenant(app: Database, role: str) -> None:
    somebody = client(app, role)
    assert not somebody.may_get("cases/of-las-reinas")
    assert not somebody.may_get("cases/of-nobody")
    assert not somebody.may_get("cases/missing")
    assert not somebody.may_list("cases")
    assert not somebody.may_query("cases", equal("name", "Luna"))
    assert not somebody.may_query("cases", equal("tenantId", "las-reinas"))
    assert not somebody.may_query("cases", one_of("tenantId", ["refugio", "las-reinas"]))
    assert not somebody.may_query("cases", equal("tenantId", "refugio"), group=True)
    assert not somebody.may_count("cases", equal("tenantId", "las-reinas"))


@pytest.mark.parametrize("claims", STRANGERS)
def test_claims_that_name_no_role_in_the_tenant_open_nothing(
    app: Database, claims: dict[str, Any]
) -> None:
    somebody = stranger(app, claims)
    assert not somebody.may_get("cases/luna")
    assert not somebody.may_query("cases", equal("tenantId", "refugio"))
    assert not writes_anything(somebody)


@pytest.mark.parametrize("project", [HUB, UNREGISTERED, "", None, [APP]])
def test_a_token_that_is_no_members_opens_nothing(app: Database, project: object) -> None:
    somebody = client(app, "owner", project)
    assert not somebody.may_get("cases/luna")
    assert not somebody.may_query("cases", equal("tenantId", "refugio"))
    assert not writes_anything(somebody)


def test_nothing_opens_without_a_token(app: Database) -> None:
    assert not app.client().may_get("cases/luna")
    assert not app.client().may_query("cases", equal("tenantId", "refugio"))
    assert not writes_anything(app.client())


def writes_anything(somebody: Client) -> bool:
    return any(
        (
            somebody.may_create("cases/another", {"tenantId": "refugio"}),
            somebody.may_change("cases/luna", "name", "Sol"),
            somebody.may_set("cases/luna", case("refugio", name="Sol")),
            somebody.may_delete("cases/luna"),
        )
    )


def test_a_viewer_writes_nothing(app: Database) -> None:
    assert not writes_anything(client(app, "viewer"))


@pytest.mark.parametrize("role", WRITERS)
def test_editors_and_above_create_change_and_delete(app: Database, role: str) -> None:
    somebody = client(app, role)
    assert somebody.may_create("cases/another", {"tenantId": "refugio", "name": "Sol"})
    assert somebody.may_change("cases/luna", "name", "Sol")
    assert somebody.may_change("cases/new", "name", "Sol")
    assert somebody.may_increment("cases/luna", "visits")
    assert somebody.may_delete("cases/luna")


@pytest.mark.parametrize("role", WRITERS)
def test_editors_write_nothing_of_another_tenant(app: Database, role: str) -> None:
    somebody = client(app, role)
    assert not somebody.may_create("cases/another", {"tenantId": "las-reinas"})
    assert not somebody.may_change("cases/of-las-reinas", "name", "Sol")
    assert not somebody.may_set("cases/of-las-reinas", case("refugio"))
    assert not somebody.may_delete("cases/of-las-reinas")


@pytest.mark.parametrize("tenant", [None, 1, True, ["refugio"], {"refugio": "owner"}, ""])
def test_a_case_is_created_in_a_tenant_or_not_at_all(app: Database, tenant: object) -> None:
    assert not client(app, "owner").may_create("cases/another", {"tenantId": tenant})
    assert not client(app, "owner").may_create("cases/another", {"name": "Sol"})


@pytest.mark.parametrize("role", WRITERS)
@pytest.mark.parametrize("sync", [{}, {"v": 1}, {"w": {"by": "engine"}}, None, "x"])
def test_nobody_creates_a_case_with_a_sync_map(app: Database, sync: object, role: str) -> None:
    fields = {"tenantId": "refugio", "_sync": sync}
    assert not client(app, role).may_create("cases/another", fields)
    assert not client(app, role).may_set("cases/another", fields)


@pytest.mark.parametrize("role", WRITERS)
def test_a_whole_document_is_replaced_only_with_its_sync_map_untouched(
    app: Database, role: str
) -> None:
    somebody = client(app, role)
    assert somebody.may_set("cases/luna", case("refugio", name="Sol"))
    assert not somebody.may_set("cases/luna", {"tenantId": "refugio", "name": "Sol"})
    assert not somebody.may_set("cases/luna", case("refugio", _sync={"v": 1, "f": {}}))
    assert not somebody.may_set("cases/luna", case("refugio", _sync=None))


@pytest.mark.parametrize("role", WRITERS)
def test_nobody_changes_the_sync_map_in_part(app: Database, role: str) -> None:
    somebody = client(app, role)
    assert not somebody.may_change("cases/luna", "_sync", {"v": 1})
    assert not somebody.may_change("cases/luna", "_sync.v", 2)
    assert not somebody.may_change("cases/luna", "_sync.f.name", "0000")
    assert not somebody.may_change("cases/luna", "_sync.w", {"by": "engine"})
    assert not somebody.may_increment("cases/luna", "_sync.v")
    assert not somebody.may_remove("cases/luna", "_sync")
    assert not somebody.may_remove("cases/luna", "_sync.f.name")


@pytest.mark.parametrize("role", WRITERS)
def test_nobody_gives_a_sync_map_to_a_case_without_one(app: Database, role: str) -> None:
    assert not client(app, role).may_change("cases/new", "_sync", {"v": 1})
    assert not client(app, role).may_increment("cases/new", "_sync.v")


@pytest.mark.parametrize("tenant", ["las-reinas", "refugio-2", None, ""])
def test_a_case_stays_in_its_tenant_even_for_an_owner_of_both(
    app: Database, tenant: object
) -> None:
    both = stranger(app, {"tenants": {"refugio": "owner", "las-reinas": "owner"}})
    assert both.may_change("cases/of-las-reinas", "name", "Sol")
    assert not both.may_change("cases/luna", "tenantId", tenant)
    assert not both.may_remove("cases/luna", "tenantId")
    assert not both.may_change("cases/of-nobody", "tenantId", "refugio")


def test_one_refused_write_refuses_the_whole_batch(app: Database) -> None:
    editor = client(app, "editor")
    good = editor.changing("cases/luna", "name", "Sol")
    bad = editor.changing("cases/of-las-reinas", "name", "Sol")
    assert not editor.may_commit(good, bad)
    assert editor.may_commit(good)


def test_a_batch_does_not_launder_a_sync_map(app: Database) -> None:
    editor = client(app, "editor")
    forged = editor.setting("cases/luna", case("refugio", _sync={"v": 1, "f": {"name": "9999"}}))
    assert not editor.may_commit(editor.deleting("cases/luna"), forged)


def test_what_lies_below_a_case_is_closed(app: Database) -> None:
    owner = client(app, "owner")
    assert not owner.may_get("cases/luna/notes/note")
    assert not owner.may_list("cases/luna/notes")
    assert not owner.may_create("cases/luna/notes/another", {"tenantId": "refugio"})
