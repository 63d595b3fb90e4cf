"""Due accounts, page by page; purchases, and what was heard of their payments."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.billing import documents
from shared.billing.purchases import Notice, Purchase
from shared.platform import firestore as db

NOTICES_KEPT = timedelta(days=90)


class DueAccounts:
    """Reads `token_balances` by `nextRefreshDate`, which is the only time it indexes."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def pages(self, now: datetime, size: int) -> Iterator[Sequence[str]]:
        """Account ids that are due, oldest first; each page starts behind the last one."""
        query = self._query(now).limit(size)
        page = db.find(query)
        while page:
            yield [account_id for account_id, _ in page]
            account_id, row = page[-1]
            last = {**row, "__name__": self._accounts().document(account_id)}
            page = db.find(query.start_after(last))

    def _query(self, now: datetime) -> firestore.Query:
        due = FieldFilter("nextRefreshDate", "<=", now)
        query = self._accounts().where(filter=due).select(["nextRefreshDate"])
        return query.order_by("nextRefreshDate").order_by("__name__")

    def _accounts(self) -> firestore.CollectionReference:
        return self._client.collection("token_balances")


class Seen(NamedTuple):
    """A purchase, and the update time that a change must find unchanged."""

    purchase: Purchase
    update_time: datetime


class Purchases:
    """`token_purchases`, which other products write to as well."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def look(self, purchase_id: str) -> Seen | None:
        """Raises documents.Malformed."""
        found = db.read(self._purchase(purchase_id))
        return Seen(documents.purchase(purchase_id, found[0]), found[1]) if found else None

    def row(self, purchase_id: str) -> db.Document | None:
        """As it is stored."""
        found = db.read(self._purchase(purchase_id))
        return found[0] if found else None

    def add(self, purchase: Purchase) -> bool:
        """False when it was there already."""
        document = documents.purchase_document(purchase)
        return db.create(self._purchase(purchase.purchase_id), document)

    def save(self, purchase: Purchase, seen: datetime) -> datetime:
        """The new update time; raises ChangedMeanwhile."""
        batch, reference = self._client.batch(), self._purchase(purchase.purchase_id)
        option = self._client.write_option(last_update_time=seen)
        batch.update(reference, documents.purchase_document(purchase), option=option)
        updated: datetime = db.commit(batch)[0].update_time
        return updated

    def mark_processed(self, purchase_id: str, now: datetime) -> None:
        """Of another product's purchase, if it is still there, nothing else is changed."""

        def processed(found: db.Document) -> db.Document | None:
            return {"isProcessed": True, "processedAt": now} if found else None

        db.change(self._client, self._purchase(purchase_id), processed)

    def _purchase(self, purchase_id: str) -> firestore.DocumentReference:
        return self._client.collection("token_purchases").document(purchase_id)


class Notices:
    """`webhook_events`: what the money's taker told us, each once."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def take(self, notice: Notice, now: datetime) -> bool:
        """Note it down; False when it was dealt with before."""
        document = {
            "type": notice.type,
            "paymentIntentId": notice.payment_id,
            "receivedAt": now,
            "expiresAt": now + NOTICES_KEPT,
            "done": False,
        }
        if db.create(self._notice(notice), document):
            return True
        found = db.read(self._notice(notice))
        return found is None or not found[0].get("done")

    def close(self, notice: Notice, outcome: str) -> None:
        def done(_: db.Document) -> db.Document:
            return {"done": True, "outcome": outcome}

        db.change(self._client, self._notice(notice), done)

    def _notice(self, notice: Notice) -> firestore.DocumentReference:
        return self._client.collection("webhook_events").document(notice.event_id)


class Parked:
    """`webhook_parked`: money that could not be credited, with the cause."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def put(self, name: str, cause: str, now: datetime) -> None:
        fields = {"cause": cause, "parkedAt": now, "resolvedAt": None}
        db.change(self._client, self._one(name), lambda _: fields)

    def waits(self, name: str) -> bool:
        """Whether something of that name is parked and unresolved."""
        found = db.read(self._one(name))
        return found is not None and found[0].get("resolvedAt") is None

    def resolve(self, name: str, now: datetime) -> None:
        db.change(self._client, self._one(name), lambda _: {"resolvedAt": now})

    def _one(self, name: str) -> firestore.DocumentReference:
        return self._client.collection("webhook_parked").document(name)


class AllAccounts:
    """Reads the names of all accounts, in their order."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def pages(self, size: int) -> Iterator[Sequence[str]]:
        query = self._accounts().select([]).order_by("__name__").limit(size)
        page = db.find(query)
        while page:
            yield [account_id for account_id, _ in page]
            last = {"__name__": self._accounts().document(page[-1][0])}
            page = db.find(query.start_after(last))

    def _accounts(self) -> firestore.CollectionReference:
        return self._client.collection("token_balances")
