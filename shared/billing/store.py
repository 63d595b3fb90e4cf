"""Finding due accounts, page by page."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.platform import firestore as db


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
