"""Pages of due accounts, as they travel over Pub/Sub."""

from pydantic import BaseModel, ConfigDict


class DuePage(BaseModel):
    """At most `service.PAGE_SIZE` account ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_ids: tuple[str, ...]


class AuditPage(BaseModel):
    """Accounts to audit; the occasion (a date) decides whose rows are read one by one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_ids: tuple[str, ...]
    occasion: str
