"""What the token calls take and give."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr

from shared.entry.wire import MAX_INTEGER, Moment, Name, Positive, Wire

MetadataKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
MetadataText = Annotated[StrictStr, Field(max_length=500)]
MetadataNumber = Annotated[StrictInt, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Metadata = Annotated[
    dict[MetadataKey, MetadataText | StrictBool | MetadataNumber | None], Field(max_length=50)
]


class AccountQuery(Wire):
    account: Name | None = None


class CheckRequest(Wire):
    amount: Positive
    account: Name | None = None


class DeductRequest(Wire):
    amount: Positive
    account: Name | None = None
    task_type: Name | None = None
    metadata: Metadata | None = None


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
