"""Pages of due accounts, as they travel over Pub/Sub."""

from pydantic import BaseModel, ConfigDict


class DuePage(BaseModel):
    """At most `service.PAGE_SIZE` account ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_ids: tuple[str, ...]
