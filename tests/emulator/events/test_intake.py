"""A position passes no event that nobody has taken up, whatever becomes of those behind it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events import intake
from shared.events.intake import Wish
from shared.events.models import Filter
from shared.events.queue import Deliveries, Held, Queue
from shared.wiring import Wiring
from tests.emulator.events.conftest import Emit


def test_an_event_whose_delivery_was_not_stored_is_leased_the_next_time(
    wiring: Wiring, tenant: str, recorded: Emit, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime.now(UTC) - timedelta(minutes=1)
    put = [recorded(recorded_at=start + timedelta(seconds=n)).event_id for n in range(6)]
    monkeypatch.setattr(intake, "SMALLEST_PAGE", 2)
    save_each = Deliveries.save_each

    def all_but_one(store: Deliveries, held: Sequence[Held]) -> list[Any]:
        kept = [one for one in held if one.delivery.event_id != put[1]]
        saved = dict(zip((one.delivery.name for one in kept), save_each(store, kept), strict=True))
        return [saved.get(one.delivery.name) for one in held]

    def leased() -> list[str]:
        wish, queue = Wish(2, timedelta(minutes=1)), Queue(tenant, "SMP")
        leases = wiring.consumers.lease(queue, Filter(tenant, "SMP"), wish)
        return [lease.event.event_id for lease in leases]

    with monkeypatch.context() as contended:
        contended.setattr(Deliveries, "save_each", all_but_one)
        assert leased() == [put[0], put[2]]
        assert leased() == put[3:5]
    assert leased() == [put[1], put[5]]
