"""Tokens through the gateway: spent once, never more than there are, and told when they run out."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests.builders import unique
from tests.e2e.conftest import Client, eventually


def test_the_same_request_twice_is_answered_twice_and_done_once(newcomer: Client) -> None:
    key = unique("key")
    first = newcomer.post("/tokens/deduct", {"amount": 30}, key)
    again = newcomer.post("/tokens/deduct", {"amount": 30}, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert newcomer.get("/tokens/balance").json()["totalAvailable"] == 70


def test_fifty_parallel_repeats_spend_once(newcomer: Client) -> None:
    with ThreadPoolExecutor(50) as pool:
        spend = partial(newcomer.post, "/tokens/deduct", key=unique("key"))
        answers = list(pool.map(spend, [{"amount": 7}] * 50))
    assert Counter(answer.status_code for answer in answers) == {201: 50}
    assert len({answer.json()["transactionId"] for answer in answers}) == 1
    assert newcomer.get("/tokens/balance").json()["totalAvailable"] == 93


def test_fifty_deductions_from_twenty_tokens_spend_exactly_twenty(newcomer: Client) -> None:
    newcomer.post("/tokens/deduct", {"amount": 80}, unique("key"))
    with ThreadPoolExecutor(50) as pool:
        keys = [unique("key") for _ in range(50)]
        answers = list(
            pool.map(lambda key: newcomer.post("/tokens/deduct", {"amount": 1}, key), keys)
        )
    assert Counter(answer.status_code for answer in answers) == {201: 20, 402: 30}
    refused = [answer.json() for answer in answers if answer.status_code == 402]
    assert {(problem["available"], problem["shortBy"]) for problem in refused} == {(0, 1)}
    assert newcomer.get("/tokens/balance").json()["totalAvailable"] == 0


def test_a_check_promises_what_a_deduction_keeps(newcomer: Client) -> None:
    found = newcomer.post("/tokens/check", {"amount": 101}).json()
    assert (found["sufficient"], found["shortBy"], found["scope"]) == (False, 1, "user")


def test_running_low_and_out_is_announced_once(key_client: Callable[[str], Client]) -> None:
    shelter, kitchen = key_client("refugio-app"), key_client("las-reinas-smp")
    pool = shelter.get("/tokens/balance").json()
    for amount in (pool["totalAvailable"] - 5, 5):
        if amount > 0:
            shelter.post("/tokens/deduct", {"amount": amount}, unique("key"))
    found = eventually(partial(_event, shelter, "token_depleted", pool["accountId"]))
    assert found["tenantId"] == "refugio"
    depleted = _events(shelter, "token_depleted", pool["accountId"])
    assert len(depleted) == 1
    assert _events(kitchen, "token_depleted", pool["accountId"]) == []


def _event(client: Client, event_type: str, subject: str) -> Mapping[str, Any] | None:
    return next(iter(_events(client, event_type, subject)), None)


def _events(client: Client, event_type: str, subject: str) -> list[Mapping[str, Any]]:
    found = client.get(f"/ecosystem/events?types={event_type}").json()["items"]
    return [event for event in found if event["subject"] == subject]
