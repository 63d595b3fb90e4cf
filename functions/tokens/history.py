"""What happened on an account: its rows, its usage, and the refund of a deduction."""

from functions.tokens.area import LEDGER, SPEND, area, moved, named
from functions.tokens.schemas import (
    DeductAnswer,
    RefundRequest,
    Transaction,
    Transactions,
    TransactionsQuery,
    UsageAnswer,
    UsageItem,
    UsageQuery,
)
from shared.entry.http import Call, Reply, replayed
from shared.kernel.errors import NotFound
from shared.tokens.history import Span
from shared.tokens.rows import Entry
from shared.wiring import Wiring


@area.route("GET", "/transactions", TransactionsQuery, Transactions)
def transactions(call: Call[TransactionsQuery], wiring: Wiring) -> Transactions:
    query = call.input
    account_id = named(call, wiring, query.account, LEDGER)
    span = Span(query.from_, query.to)
    page = wiring.history.rows(account_id, query.type, span, query.limit, query.cursor)
    return Transactions(
        items=tuple(_transaction(entry) for entry in page.items), next_cursor=page.next_cursor
    )


@area.route(
    "POST", "/transactions/<row_id>/refund", RefundRequest, DeductAnswer, status=201, keyed=True
)
def refund(call: Call[RefundRequest], wiring: Wiring) -> Reply:
    key = call.idempotency_key
    found = wiring.tokens.entry(call.path["row_id"])
    if found is None:
        raise NotFound(reason="row")
    named(call, wiring, found.account_id, SPEND)
    receipt = wiring.tokens.refund(found, f"key:{key}", call.input.reason)
    return replayed(moved(receipt.entry), receipt.replay)


@area.route("GET", "/usage", UsageQuery, UsageAnswer)
def usage(call: Call[UsageQuery], wiring: Wiring) -> UsageAnswer:
    query = call.input
    account_id = named(call, wiring, query.account, LEDGER)
    span = Span(query.from_, query.to)
    found = wiring.history.usage(account_id, query.group_by, span)
    items = tuple(UsageItem(key=key, amount=a, count=n) for key, (a, n) in found.items())
    return UsageAnswer(items=items, total=sum(item.amount for item in items))


def _transaction(entry: Entry) -> Transaction:
    return Transaction(
        transaction_id=entry.row_id,
        type=entry.type,
        amount=entry.amount,
        from_included=entry.from_included,
        from_purchased=entry.from_purchased,
        task_type=entry.task_type,
        metadata=dict(entry.metadata) if entry.metadata is not None else None,
        timestamp=entry.at,
        available_after=entry.available_after,
        seq=entry.seq,
    )
