"""The index definitions: each is of use to a query."""

from typing import Any

import pytest

from tests.emulator.rules.indexes import INDEXES, overridden


def composite(collection: str) -> list[tuple[str, ...]]:
    """Fields of each index; a descending one has a minus before it, an array one `[]` behind it."""
    return [
        tuple(_mark(field) for field in index["fields"])
        for index in INDEXES["indexes"]
        if index["collectionGroup"] == collection
    ]


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


def _mark(field: dict[str, Any]) -> str:
    if "arrayConfig" in field:
        return f"{field['fieldPath']}[]"
    return f"-{field['fieldPath']}" if field["order"] == "DESCENDING" else str(field["fieldPath"])
