"""Queries on the ledger and on the days that are over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.platform import firestore as db
from shared.tokens import documents, ledger, maps
from shared.tokens.models import Usage
from shared.tokens.rows import Entry


class Archive:
    """Rows go by (account, seq); days by (account, day), and today's stands in the account.

    Rows of one commit may bear one time, so where rows go by time they go by seq next.
    """

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def rows(
        self, account_id: str, kind: str | None, lowest: int, highest: int | None, limit: int
    ) -> Sequence[Entry]:
        """Newest first, between two row numbers."""
        query = self._of(account_id).where(filter=FieldFilter("seq", ">=", lowest))
        if highest is not None:
            query = query.where(filter=FieldFilter("seq", "<=", highest))
        if kind:
            query = query.where(filter=FieldFilter("type", "==", kind))
        query = query.order_by("seq", direction=firestore.Query.DESCENDING)
        return [ledger.entry(row_id, row) for row_id, row in db.find(query.limit(limit))]

    def chain(self, account_id: str, after: int, limit: int) -> Sequence[documents.Stored]:
        """Rows as they are stored, oldest first, behind a row number."""
        query = self._of(account_id).where(filter=FieldFilter("seq", ">", after))
        return [row for _, row in db.find(query.order_by("seq").limit(limit))]

    def sums(self, account_id: str, last: int) -> tuple[int, int | None]:
        """How many rows there are up to a row number, and what they add to what can be spent.

        None where that is no whole number: then somebody has changed them.
        """
        query = self._of(account_id).where(filter=FieldFilter("seq", "<=", last))
        counted: Any = query.count(alias="rows")  # its own type does not know how it chains
        counted = counted.sum("netAvailable", alias="net")
        with db.bounded():
            found = {
                r.alias: r.value
                for r in counted.get(retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)[0]
            }
        net = float(found["net"])
        return int(found["rows"]), int(found["net"]) if net.is_integer() else None

    def first_at(self, account_id: str, moment: datetime) -> int | None:
        """The number of the first row at or after a moment; None when there is none."""
        later = FieldFilter("timestamp", ">=", moment)
        query = self._of(account_id).where(filter=later)
        return self._number(query.order_by("timestamp").order_by("seq"))

    def last_before(self, account_id: str, moment: datetime) -> int:
        """The number of the last row before a moment; 0 when there is none."""
        earlier = FieldFilter("timestamp", "<", moment)
        query, down = self._of(account_id).where(filter=earlier), firestore.Query.DESCENDING
        query = query.order_by("timestamp", direction=down).order_by("seq", direction=down)
        return self._number(query) or 0

    def days(self, account_id: str, first: str, last: str, most: int) -> list[Usage]:
        """Days with spending, so many at most and today: from the first to the last, inclusive."""
        query = (
            self._client.collection("token_usage")
            .where(filter=FieldFilter("accountId", "==", account_id))
            .where(filter=FieldFilter("day", ">=", first))
            .where(filter=FieldFilter("day", "<=", last))
            .limit(most)
        )
        found = [maps.day(row) for _, row in db.find(query)]
        today = self._today(account_id)
        return [*found, today] if today and first <= today.day <= last else found

    def _today(self, account_id: str) -> Usage | None:
        found = db.read(self._client.collection("token_balances").document(account_id))
        return documents.today(account_id, found[0]) if found else None

    def _number(self, query: firestore.Query) -> int | None:
        found = db.find(query.select(["seq"]).limit(1))
        return found[0][1]["seq"] if found else None

    def _of(self, account_id: str) -> firestore.Query:
        mine = FieldFilter("accountId", "==", account_id)
        query: firestore.Query = self._client.collection("token_transactions").where(filter=mine)
        return query
