"""What the billing calls take and give."""

from typing import Annotated, Literal

from pydantic import Field

from shared.entry.wire import MAX_INTEGER, Id, Moment, Name, When, Wire


class Tier(Wire):
    tier: str
    included_tokens: int


class Tiers(Wire):
    items: tuple[Tier, ...]
    next_cursor: str | None


class OpenRequest(Wire):
    account_id: Id
    tier: Name
    time_zone: Name = "UTC"
    subscription_start_date: When | None = None


class PlanRequest(Wire):
    tier: Name


class UnparkRequest(Wire):
    """Why the account may go on: the ledger keeps it."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class LimitsRequest(Wire):
    """`cap` goes with `overage: cap`, and with nothing else."""

    overage: Literal["deny", "cap", "unlimited"]
    cap: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = None
    member_caps: Annotated[
        dict[Id, Annotated[int, Field(ge=0, le=MAX_INTEGER)]], Field(max_length=1000)
    ] = Field(default_factory=dict)


class Package(Wire):
    package_id: str
    tokens: int
    price: int
    currency: str


class Packages(Wire):
    items: tuple[Package, ...]
    next_cursor: str | None


class PurchaseRequest(Wire):
    package_id: Name
    account: Id | None = None


class PurchaseAnswer(Wire):
    purchase_id: str
    checkout_url: str
    amount: int
    price: int
    currency: str


class PurchaseView(Wire):
    purchase_id: str
    account_id: str
    package_id: str | None
    amount: int
    price: int | None
    currency: str | None
    status: str
    is_processed: bool
    purchase_date: Moment | None
    checkout_url: str | None


class Received(Wire):
    outcome: str
