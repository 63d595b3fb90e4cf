"""No index makes a hot collection slower, or grows without end."""

import pytest
from google.cloud import firestore

from shared.auth.audit import Line, told
from shared.auth.chain import Act
from shared.platform.wire import Wire
from shared.tokens.documents import account_document
from shared.tokens.periods import open_account
from tests.builders import NEW_YEAR, POLICY
from tests.emulator.rules.indexes import INDEXES, overridden


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
        ("outbox", "messages"),
        ("token_purchases", "moves"),
        ("users", "identities"),
        ("users", "tenants"),
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


def test_an_account_is_rewritten_at_the_cost_of_few_indexes() -> None:
    """Every deduction writes it: what is indexed of it is what takes the time."""
    opened = open_account("a", "free", POLICY, NEW_YEAR, NEW_YEAR)
    exempt = {
        override["fieldPath"]
        for override in INDEXES["fieldOverrides"]
        if override["collectionGroup"] == "token_balances"
    }
    assert set(account_document(opened)) - exempt == {"nextRefreshDate", "tier"}
