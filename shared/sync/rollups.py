"""What was mirrored by the hour (`sync_rollups`), and changes that wait (`sync_pending`)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1 import transforms

from shared.kernel.clock import Clock
from shared.kernel.ids import derived_id
from shared.platform import firestore as db
from shared.sync.routes import End
from shared.sync.tally import Lags, Sums, Way

SHARDS = 16  # by tenant: a tenant reads one of them, and none holds too many
HOURS = 2  # this one and the one before
KEPT = timedelta(days=2)
GIVEN_UP = timedelta(hours=25)  # Pub/Sub retries for a day
Equal = firestore.FieldFilter


class Waiting(NamedTuple):
    """How many changes wait for another delivery, and when the oldest happened."""

    changes: int
    oldest: datetime | None


class HourlyRollUps:
    """Blind increments: instances add to the same document without reading it."""

    def __init__(self, hub: firestore.Client, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock

    def add(self, sums: Sums) -> None:
        now, batch = self._clock(), self._hub.batch()
        shards: dict[int, dict[str, Any]] = {}
        for way, lags in sums.items():
            shards.setdefault(_shard(way.tenant_id), {})[_key(way)] = _increments(way, lags)
        for shard, counts in shards.items():
            document = {"counts": counts, "expireAt": now + KEPT}
            batch.set(self._document(now, shard), document, merge=True)
        with db.bounded():
            batch.commit(retry=None, timeout=db.TIMEOUT_SECONDS)

    def recent(self, tenant_id: str | None) -> Sums:
        """The sums of the last hours, of a tenant or of all."""
        now, shards = self._clock(), range(SHARDS) if tenant_id is None else [_shard(tenant_id)]
        hours = [now - timedelta(hours=ago) for ago in range(HOURS)]
        references = [self._document(hour, shard) for hour in hours for shard in shards]
        with db.bounded():
            found = list(
                self._hub.get_all(references, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)
            )
        sums: dict[Way, Lags] = {}
        for way, lags in (pair for one in found for pair in _read(one.to_dict() or {})):
            if tenant_id in (None, way.tenant_id):
                sums[way] = sums.get(way, Lags()) + lags
        return sums

    def _document(self, moment: datetime, shard: int) -> firestore.DocumentReference:
        return self._hub.collection("sync_rollups").document(f"{moment:%Y-%m-%dT%H}__{shard}")


class Backlog:
    """Changes whose delivery failed. Only failures and late successes write here."""

    def __init__(self, hub: firestore.Client) -> None:
        self._hub = hub

    def waits(self, event_id: str, since: datetime, tenant_id: str) -> None:
        row = {"tenantId": tenant_id, "since": since, "expireAt": since + GIVEN_UP}
        db.create(self._one(event_id), row)

    def arrived(self, event_id: str) -> None:
        with db.bounded():
            self._one(event_id).delete(retry=None, timeout=db.TIMEOUT_SECONDS)

    def waiting(self, tenant_id: str | None, now: datetime) -> Waiting:
        query = _of(self._hub.collection("sync_pending").where(filter=_since(now)), tenant_id)
        oldest = db.find(query.order_by("since").limit(1))
        return Waiting(db.count(query) if oldest else 0, oldest[0][1]["since"] if oldest else None)

    def _one(self, event_id: str) -> firestore.DocumentReference:
        return self._hub.collection("sync_pending").document(derived_id(event_id))


class Kept:
    """How many dead letters and conflicts there are, by one aggregation each."""

    def __init__(self, hub: firestore.Client) -> None:
        self._hub = hub

    def dead_letters(self, tenant_id: str | None) -> int:
        return self._count("sync_dead_letters", tenant_id)

    def conflicts(self, tenant_id: str | None) -> int:
        return self._count("conflicts", tenant_id)

    def _count(self, collection: str, tenant_id: str | None) -> int:
        return db.count(_of(self._hub.collection(collection).order_by("__name__"), tenant_id))


def _of(query: firestore.Query, tenant_id: str | None) -> firestore.Query:
    if tenant_id is None:
        return query
    return query.where(filter=Equal("tenantId", "==", tenant_id))


def _since(now: datetime) -> firestore.FieldFilter:
    return Equal("since", ">", now - GIVEN_UP)


def _increments(way: Way, lags: Lags) -> dict[str, Any]:
    return {
        "tenantId": way.tenant_id,
        "source": way.source.model_dump(),
        "target": way.target.model_dump(),
        "changes": transforms.Increment(lags.changes),
        "totalUs": transforms.Increment(lags.total_us),
        "longestUs": transforms.Maximum(lags.longest_us),
        "latestUs": transforms.Maximum(lags.latest_us),
    }


def _read(row: Mapping[str, Any]) -> Iterator[tuple[Way, Lags]]:
    for found in row.get("counts", {}).values():
        ends = (End.model_validate(found[name]) for name in ("source", "target"))
        names = ("changes", "totalUs", "longestUs", "latestUs")
        yield Way(found["tenantId"], *ends), Lags(*(found[name] for name in names))


def _key(way: Way) -> str:
    return derived_id(*way.names)


def _shard(tenant_id: str) -> int:
    return int(derived_id(tenant_id)[:8], 16) % SHARDS
