"""What the billing calls take and give."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.entry.wire import MAX_INTEGER, Id, Name, Wire


class Tier(Wire):
    tier: str
    included_tokens: int


class Tiers(Wire):
    items: tuple[Tier, ...]
    next_cursor: str | None = None


class OpenRequest(Wire):
    account_id: Id
    tier: Name
    time_zone: Name = "UTC"
    subscription_start_date: datetime | None = None


class PlanRequest(Wire):
    tier: Name


class LimitsRequest(Wire):
    overage: Literal["deny", "cap", "unlimited"]
    cap: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = None
    member_caps: Annotated[
        dict[Id, Annotated[int, Field(ge=0, le=MAX_INTEGER)]], Field(max_length=1000)
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _cap_where_it_counts(self) -> Self:
        if (self.overage == "cap") != (self.cap is not None):
            raise ValueError("cap goes with overage: cap")
        return self


class DueAnswer(Wire):
    published: int
