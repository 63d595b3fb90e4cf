"""The index definitions: each is of use, and none makes a hot collection slower."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore

from shared.auth.audit import Line, told
from shared.auth.chain import Act
from shared.platform.wire import Wire
from shared.tokens.documents import account_document
from shared.tokens.periods import open_account
from tests.builders import NEW_YEAR, POLICY

INDEXES = json.loads((Path(__file__).parents[3] / "firestore.indexes.json").read_text())


def composite(collection: str) -> list[tuple[str, ...]]:
    """Fields of each index; a descending one has a minus before it, an array one `[]` behind it."""
    return [
        tuple(_mark(field) for field in index["fields"])
        for index in INDEXES["indexes"]
        if index["collectionGroup"] == collection
    ]


def overridden(collection: str, field: str) -> list[dict[str, str]]:
    found = [
        override["indexes"]
        for override in INDEXES["fieldOverrides"]
        if (override["collectionGroup"], override["fieldPath"]) == (collection, field)
    ]
    assert len(found) == 1
    scopes: list[dict[str, str]] = found[0]
    return scopes


def test_an_account_lists_its_rows_newest_first_with_and_without_a_type() -> None:
    listed = {("accountId", "-seq"), ("accountId", "type", "-seq")}
    assert listed <= set(composite("token_transactions"))


def test_an_account_s_rows_are_found_by_time_added_up_and_followed_in_order() -> None:
    by_time = {("accountId", "timestamp", "seq"), ("accountId", "-timestamp", "-seq")}
    in_order = {("accountId", "seq"), ("accountId", "seq", "netAvailable")}
    assert by_time | in_order <= set(composite("token_transactions"))


def test_an_account_s_days_are_found() -> None:
    assert composite("token_usage") == [("accountId", "day")]


@pytest.mark.parametrize("tenant", [(), ("tenantId",)])
@pytest.mark.parametrize("target", [(), ("targets[]",)])
@pytest.mark.parametrize("event_type", [(), ("eventType",)])
def test_events_are_listed_in_order_by_any_choice_of_filters(
    tenant: tuple[str, ...], target: tuple[str, ...], event_type: tuple[str, ...]
) -> None:
    filters = tenant + target + event_type
    assert not filters or (*filters, "recordedAt") in composite("ecosystem_events")


@pytest.mark.parametrize("tenant", [(), ("tenantId",)])
@pytest.mark.parametrize("event_type", [(), ("eventType",)])
def test_a_consumer_finds_what_is_due(tenant: tuple[str, ...], event_type: tuple[str, ...]) -> None:
    due = (*tenant, "consumer", *event_type, "nextAttemptAt")
    assert due in composite("deliveries")


def test_an_endpoint_s_deliveries_and_attempts_are_found_in_each_order() -> None:
    of_one = {("webhookId", "status", order) for order in ("nextAttemptAt", "recordedAt")} | {
        ("webhookId", "status", "subject", "recordedAt")
    }
    assert set(composite("webhook_deliveries")) == of_one | {
        ("status", "webhookId", "nextAttemptAt")
    }
    attempts = {("webhookId", "at"), ("webhookId", "-at"), ("webhookId", "taken", "-at")}
    assert set(composite("webhook_attempts")) == attempts


@pytest.mark.parametrize("event_type", [(), ("eventType",)])
def test_the_history_of_all_streams_is_found_by_type_and_time(event_type: tuple[str, ...]) -> None:
    assert ("tenantId", *event_type, "recordedAt") in composite("e")
    scopes = {i["queryScope"] for i in INDEXES["indexes"] if i["collectionGroup"] == "e"}
    assert scopes == {"COLLECTION_GROUP"}


CHOICES = [(), ("tenantId",), ("consumer",), ("eventType",), ("lastError.code",)]


@pytest.mark.parametrize("chosen", CHOICES)
def test_dead_letters_are_listed_by_any_choice_of_filters(chosen: tuple[str, ...]) -> None:
    """Firestore merges indexes that end in the same order."""
    assert (*chosen, "status", "endedAt") in composite("deliveries")


@pytest.mark.parametrize("tenant", [(), ("tenantId",)])
def test_a_consumer_is_monitored(tenant: tuple[str, ...]) -> None:
    counted, oldest = ("consumer", "recordedAt"), ("consumer", "status", "recordedAt")
    assert {(*tenant, *counted), (*tenant, *oldest)} <= set(composite("deliveries"))


def test_a_tenant_s_oldest_pending_change_is_found() -> None:
    assert composite("sync_pending") == [("tenantId", "since")]


def test_a_user_is_found_in_all_tenants() -> None:
    scopes = overridden("members", "userId")
    assert {"order": "ASCENDING", "queryScope": "COLLECTION_GROUP"} in scopes


def test_a_user_is_found_by_an_identity() -> None:
    scopes = overridden("users", "identityNames")
    assert scopes == [{"arrayConfig": "CONTAINS", "queryScope": "COLLECTION"}]


@pytest.mark.parametrize(
    ("collection", "field"),
    [
        ("token_transactions", "timestamp"),
        ("token_transactions", "metadata"),
        ("token_transactions", "postings"),
        ("token_transactions", "result"),
        ("token_balances", "lastRefreshDate"),
        ("token_balances", "totalUsedTokens"),
        ("token_balances", "usage"),
        ("token_usage", "day"),
        ("deliveries", "lastError"),
        ("deliveries", "nextAttemptAt"),
        ("deliveries", "recordedAt"),
        ("ecosystem_events", "payload"),
        ("ecosystem_events", "replays"),
        ("notifications", "expiresAt"),
        ("notifications", "leaseUntil"),
        ("notifications", "sentAt"),
        ("outbox", "payload"),
        ("token_purchases", "moves"),
        ("users", "identities"),
        ("webhook_attempts", "at"),
        ("webhook_attempts", "expiresAt"),
        ("webhook_attempts", "outcome"),
        ("webhook_deliveries", "expiresAt"),
        ("webhook_deliveries", "nextAttemptAt"),
        ("webhook_deliveries", "recordedAt"),
        ("webhook_endpoints", "endpoints"),
        ("webhook_events", "expiresAt"),
        ("webhook_events", "receivedAt"),
        ("menu_items", "updatedAt"),
        ("menu_sections", "updatedAt"),
        ("tenant_sync", "run"),
        ("tenant_sync", "syncConfig"),
        ("sync_pending", "expireAt"),
        ("sync_rollups", "counts"),
        ("sync_runs", "tenants"),
        ("cases", "_sync"),
        ("data_keys", "sealed"),
        ("tenant_keys", "versions"),
        ("e", "data"),
        ("e", "recordedAt"),
        ("snapshots", "content"),
        ("stream_appends", "fingerprint"),
    ],
)
def test_nothing_is_indexed_that_grows_with_time_or_holds_a_map(
    collection: str, field: str
) -> None:
    assert overridden(collection, field) == []


def _exempt(collection: str) -> set[str]:
    overrides = [one for one in INDEXES["fieldOverrides"] if one["collectionGroup"] == collection]
    return {one["fieldPath"] for one in overrides if not one["indexes"]}


def test_an_entry_of_the_audit_is_indexed_by_its_time_alone() -> None:
    """Each change of a tenant writes one, its head and its anchor."""
    wire = Wire(firestore.Client("demo-hub"))
    writes = told(wire, Line("audit/t", 0), {}, Act("user:u", "a", "b", {}), NEW_YEAR)
    found = [set(written["update"]["fields"]) for written in writes]
    found[2] = {each["field_path"] for each in writes[2]["update_transforms"]}
    groups = ("entries", "heads", "audit_anchors")
    indexed = [fields - _exempt(group) for fields, group in zip(found, groups, strict=True)]
    assert indexed == [{"at"}, set(), set()]


def test_due_accounts_and_tiers_stay_searchable() -> None:
    exempt = {
        override["fieldPath"]
        for override in INDEXES["fieldOverrides"]
        if override["collectionGroup"] == "token_balances"
    }
    assert not exempt & {"nextRefreshDate", "tier"}


def _mark(field: dict[str, Any]) -> str:
    if "arrayConfig" in field:
        return f"{field['fieldPath']}[]"
    return f"-{field['fieldPath']}" if field["order"] == "DESCENDING" else str(field["fieldPath"])


def test_an_account_is_rewritten_at_the_cost_of_few_indexes() -> None:
    """Every deduction writes it: what is indexed of it is what takes the time."""
    opened = open_account("a", "free", POLICY, NEW_YEAR, NEW_YEAR)
    exempt = {
        override["fieldPath"]
        for override in INDEXES["fieldOverrides"]
        if override["collectionGroup"] == "token_balances"
    }
    assert set(account_document(opened)) - exempt == {"nextRefreshDate", "tier"}
