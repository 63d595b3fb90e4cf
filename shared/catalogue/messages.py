"""Manual syncs, as they travel over Pub/Sub."""

from pydantic import BaseModel, ConfigDict


class RunMessage(BaseModel):
    """A run that waits for its next parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant_id: str
    product_type: str
    run_id: str
