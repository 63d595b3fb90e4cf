"""A menu on real processes that are killed: each change told once, each run told whole."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any, NamedTuple

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.suite.http import NoAnswer, call
from scripts.suite.relay.faults import Faults
from shared.auth.key_store import ApiKeys
from shared.auth.known_keys import issue_key
from shared.auth.store import Tenants
from shared.kernel.settings import read_settings
from tests.builders import unique
from tests.emulator.delivery.conftest import HUB, Estate
from tests.emulator.delivery.test_redelivery import eventually
from tests.workers import Worker, working

ITEMS = 90  # five parts of a run
WRITERS = 8
TRIES = 40


class Restaurant(NamedTuple):
    """A tenant of its own, and its SMP."""

    estate: Estate
    tenant: str
    key: str

    def send(
        self, worker: Worker, method: str, path: str, body: object, key: str
    ) -> tuple[int, Any]:
        """Again and again until there is an answer, as a product does."""
        headers = {"X-API-Key": self.key, "Idempotency-Key": key}
        url = f"{worker.url}/tenants/{self.tenant}/{path}"
        for attempt in range(TRIES):
            with suppress(NoAnswer, HTTPException):
                status, raw = call(method, url, body, 30, headers)
                if status < 500:
                    return status, json.loads(raw)
            time.sleep(0.05 * attempt)
        raise AssertionError(f"{method} {path} was not answered")

    def events(self) -> Sequence[Mapping[str, Any]]:
        mine = FieldFilter("tenantId", "==", self.tenant)
        found = self.estate.client(HUB).collection("ecosystem_events").where(filter=mine).get()
        return [row.to_dict() or {} for row in found]

    def item_ids(self) -> list[str]:
        path = f"tenants/{self.tenant}/menu_items"
        return sorted(row.id for row in self.estate.client(HUB).collection(path).get())

    def status(self) -> str | None:
        path = f"tenants/{self.tenant}/tenant_sync/SMP"
        return (self.estate.client(HUB).document(path).get().to_dict() or {}).get("syncStatus")


@pytest.fixture
def restaurant(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Restaurant:
    for name, value in estate.environment.items():
        monkeypatch.setenv(name, value)
    hub, tenant = estate.client(HUB), unique("tenant")
    Tenants(hub).put_tenant(tenant, tenant, "Las Reinas", ("ORDERING", "SMP"))
    ends = datetime.now(UTC) + timedelta(days=1)
    settings = read_settings(os.environ)
    key = issue_key(ApiKeys(hub), settings, "k", "SMP", tenant, ends)
    return Restaurant(estate, tenant, key.text)


def dish(number: int) -> dict[str, Any]:
    return {"name": f"Taco {number}", "price": 100 + number, "currency": "USD"}


def fill(restaurant: Restaurant, worker: Worker, kill_at: int | None = None) -> None:
    """A dish each, from many writers; the worker dies when one of them comes to `kill_at`."""

    def write(number: int) -> None:
        if number == kill_at:
            worker.kill()
            worker.start()
        status, _ = restaurant.send(worker, "POST", "products", dish(number), f"dish-{number}")
        assert status == 201

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, range(ITEMS)))


@pytest.mark.timeout(180)
def test_each_dish_is_added_and_told_once_though_the_function_is_killed(
    restaurant: Restaurant,
) -> None:
    with working("sync", restaurant.estate.environment) as worker:
        worker.wait_until_answering()
        fill(restaurant, worker, kill_at=ITEMS // 2)
    told = [event["payload"] for event in restaurant.events()]
    assert sorted(payload["menuItemId"] for payload in told) == restaurant.item_ids()
    assert sorted(payload["fields"]["price"] for payload in told) == [
        100 + number for number in range(ITEMS)
    ]


@pytest.mark.timeout(180)
def test_a_run_tells_the_menu_once_however_badly_its_messages_come(
    restaurant: Restaurant,
) -> None:
    estate = restaurant.estate
    first, _ = estate.run("sync_tenant", 2)
    estate.subscribe("sync_tenant")
    estate.wait_until_answering()
    with working("sync", estate.environment) as worker:
        worker.wait_until_answering()
        fill(restaurant, worker)
        with estate.relay.at_fault(Faults(again=0.7, late=0.5, before=0.2, after=0.3, odd=0.5)):
            for _ in range(3):
                run = {"productType": "SMP"}
                assert restaurant.send(worker, "POST", "run", run, "")[0] == 202
            eventually(lambda: restaurant.status() != "pending")
            first.kill()
            first.start()
            estate.relay.settle()
    eventually(lambda: restaurant.status() == "success")
    told = [e["payload"] for e in restaurant.events() if e["eventType"] == "menu_republished"]
    runs: dict[str, list[Any]] = {part["runId"]: [] for part in told}
    for part in sorted(told, key=lambda part: part["part"]):
        runs[part["runId"]].append(part)
    for parts in runs.values():
        assert [part["part"] for part in parts] == list(range(1, len(parts) + 1))
        assert [part["last"] for part in parts] == [False] * (len(parts) - 1) + [True]
        items = sorted(item["menuItemId"] for part in parts for item in part["items"])
        assert items == restaurant.item_ids()
