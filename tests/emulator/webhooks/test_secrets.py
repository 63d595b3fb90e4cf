"""Secrets at rest: sealed under the tenant's key, and sealed anew under a newer one."""

import pytest
from standardwebhooks import Webhook

from scripts.suite.counting import Costs, costing
from shared.crypto.models import Erased
from tests.emulator.webhooks.conftest import World
from tests.sink import Sink


def test_a_secret_that_no_longer_opens_is_said_and_another_one_mends_it(
    world: World, sink: Sink
) -> None:
    endpoint, other = world.register(sink.url), world.register(sink.url, event_types=("no",))
    stored = world.wiring.hub.document(f"webhook_endpoints/{world.tenant}")
    rows = (stored.get().to_dict() or {})["endpoints"]
    rows[endpoint.webhook_id]["secrets"] = rows[other.webhook_id]["secrets"]
    stored.update({"endpoints": rows})
    assert world.wiring.webhooks.test(endpoint.webhook_id).outcome.cause == "no_secret"
    assert sink.received == []
    rotated = world.wiring.webhooks.rotate(endpoint.webhook_id)
    assert world.wiring.webhooks.test(endpoint.webhook_id).outcome.taken
    (received,) = sink.received
    assert Webhook(rotated.secrets[0].text).verify(received.body, dict(received.headers))


def test_once_the_tenants_key_is_destroyed_nothing_is_sent_and_no_secret_made(
    world: World, sink: Sink
) -> None:
    endpoint = world.register(sink.url)
    world.wiring.tenant_keys.destroy(world.tenant)
    assert world.wiring.webhooks.test(endpoint.webhook_id).outcome.cause == "no_secret"
    with pytest.raises(Erased):
        world.wiring.webhooks.rotate(endpoint.webhook_id)
    with pytest.raises(Erased):
        world.register(sink.url)
    assert sink.received == []


def test_secrets_are_sealed_anew_by_whoever_looks_after_a_rotation(
    world: World, sink: Sink
) -> None:
    endpoint = world.register(sink.url)
    world.wiring.tenant_keys.rotate(world.tenant)
    (seen,) = world.instance().webhooks.of(world.tenant)
    assert seen.secrets == endpoint.secrets
    stored = world.wiring.hub.document(f"webhook_endpoints/{world.tenant}").get().to_dict() or {}
    (row,) = stored["endpoints"].values()
    assert row["secrets"][0]["sealed"].split(".")[1].endswith("-2")
    costs = Costs()
    instance = world.counted(costs)
    instance.webhooks.of(world.tenant)
    with costing(costs) as spent:
        instance.webhooks.of(world.tenant)
    assert spent.as_tuple() == (1, 1, 0)
