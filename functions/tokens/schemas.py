"""What the token calls take and give."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from shared.entry.wire import MAX_INTEGER, Id, Moment, Name, PageQuery, Positive, When, Wire

MetadataKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
MetadataText = Annotated[StrictStr, Field(max_length=500)]
MetadataNumber = Annotated[StrictInt, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Metadata = Annotated[
    dict[MetadataKey, MetadataText | StrictBool | MetadataNumber | None], Field(max_length=50)
]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
RowType = Literal[
    "deduct",
    "settle",
    "hold",
    "void",
    "expire",
    "refund",
    "purchase",
    "refresh",
    "plan_change",
    "adjust",
]


class AccountQuery(Wire):
    account: Id | None = None


class CheckRequest(Wire):
    amount: Positive
    account: Id | None = None


class DeductRequest(Wire):
    amount: Positive
    account: Id | None = None
    task_type: Name | None = None
    metadata: Metadata | None = None


class HoldRequest(Wire):
    amount: Positive
    ttl_seconds: Seconds
    account: Id | None = None
    task_type: Name | None = None


class SettleRequest(Wire):
    amount: Positive


class RefundRequest(Wire):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class TransactionsQuery(PageQuery):
    account: Id | None = None
    type: RowType | None = None
    from_: Annotated[When | None, Field(alias="from")] = None
    to: When | None = None


class UsageQuery(Wire):
    account: Id | None = None
    group_by: Literal["day", "taskType"] = "day"
    from_: Annotated[When | None, Field(alias="from")] = None
    to: When | None = None


class Balance(Wire):
    account_id: str
    tier: str
    included_tokens: int
    purchased_tokens: int
    total_used_tokens: int
    held_tokens: int
    debt: int
    available_base_tokens: int
    available_purchased_tokens: int
    total_available: int
    subscription_start_date: Moment
    billing_cycle_start_date: Moment
    last_refresh_date: Moment
    next_refresh_date: Moment
    time_zone: str


class CheckAnswer(Wire):
    sufficient: bool
    total_available: int
    short_by: int
    scope: str
    resets_at: Moment


class DeductAnswer(Wire):
    transaction_id: str
    amount: int
    from_included: int
    from_purchased: int
    balance: Balance


class HoldAnswer(Wire):
    hold_id: str
    amount: int
    expires_at: Moment
    balance: Balance


class SettleAnswer(DeductAnswer):
    released: int


class VoidAnswer(Wire):
    released: int
    balance: Balance


class Transaction(Wire):
    transaction_id: str
    type: str
    amount: int
    from_included: int
    from_purchased: int
    task_type: str | None
    metadata: dict[str, Any] | None
    timestamp: Moment
    available_after: int
    seq: int


class Transactions(Wire):
    items: tuple[Transaction, ...]
    next_cursor: str | None


class UsageItem(Wire):
    key: str
    amount: int
    count: int


class UsageAnswer(Wire):
    items: tuple[UsageItem, ...]
    total: int
