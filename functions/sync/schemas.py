"""What the calls about a tenant's menu and syncs take and give."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue

from shared.entry.storable import storable
from shared.entry.wire import Id, Moment, Name, Positive, Wire

Text = Annotated[str, Field(max_length=2000)]
Url = Annotated[str, Field(pattern=r"^https://[^\s]{1,1990}$")]
Currency = Annotated[str, Field(pattern=r"^([A-Z]{3}|[a-z]{3})$")]
Position = Annotated[int, Field(ge=0, le=1_000_000)]
Config = Annotated[dict[str, JsonValue], AfterValidator(storable)]
Status = Literal["pending", "syncing", "success", "error"]


class ItemChanges(Wire):
    """What is left out stays as it is. `price` is in minor units of `currency` (ISO 4217)."""

    name: Name = ""
    description: Text = ""
    price: Positive = 1
    currency: Currency = ""
    category_id: Id | None = None
    available: bool = True
    position: Position = 0
    image_url: Url | None = None


class ItemRequest(ItemChanges):
    """A new item; its currency is the tenant's own where it names none."""

    name: Name
    price: Positive
    currency: Currency | None = None  # type: ignore[assignment]


class ItemView(Wire):
    product_id: str
    name: str
    description: str
    price: int
    currency: str
    category_id: str | None
    available: bool
    position: int
    image_url: str | None
    version: int
    created_at: Moment
    updated_at: Moment
    updated_by: str


class ItemPage(Wire):
    items: tuple[ItemView, ...]
    next_cursor: str | None


class SectionChanges(Wire):
    """What is left out stays as it is."""

    name: Name = ""
    description: Text = ""
    position: Position = 0


class SectionRequest(SectionChanges):
    name: Name


class SectionView(Wire):
    category_id: str
    name: str
    description: str
    position: int
    version: int
    created_at: Moment
    updated_at: Moment
    updated_by: str


class SectionPage(Wire):
    items: tuple[SectionView, ...]
    next_cursor: str | None


class TenantView(Wire):
    tenant_id: str
    slug: str
    name: str
    status: str
    products: tuple[str, ...]
    currency: str


class SyncView(Wire):
    """`runId` is that of the last manual sync, `startedAt` when the product last began."""

    tenant_id: str
    product_type: str
    sync_status: Status
    sync_config: dict[str, Any]
    error: str | None
    started_at: Moment | None
    last_sync_at: Moment | None
    updated_at: Moment | None
    run_id: str | None


class SyncPage(Wire):
    items: tuple[SyncView, ...]
    next_cursor: str | None


class ServiceView(Wire):
    product_type: str
    sync_status: Status
    last_sync_at: Moment | None


class ServicePage(Wire):
    items: tuple[ServiceView, ...]
    next_cursor: str | None


class StatusRequest(Wire):
    sync_status: Status
    sync_config: Config | None = None
    error: Text | None = None


class RunRequest(Wire):
    product_type: Id
