"""What the calls of routes take and give."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.entry.wire import Name, Wire
from shared.sync.credible import SYNC_FIELD
from shared.sync.routes import TENANT_FIELD

MOST_FIELDS = 200
COLLECTION = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"


def _mirrored(name: str) -> str:
    """A field that is ours to mirror."""
    if name == SYNC_FIELD or (name.startswith("__") and name.endswith("__")):
        raise ValueError("reserved")
    return name


FieldName = Annotated[Name, AfterValidator(_mirrored)]
Policies = Annotated[dict[FieldName, Name], Field(max_length=MOST_FIELDS)]


class EndModel(Wire):
    """A top-level collection of a registered project."""

    project: Name
    collection: Annotated[str, Field(pattern=COLLECTION)]


class RouteRequest(Wire):
    """A route; left out, `fields` are all, policies are `lww`, and the route is enabled."""

    source: EndModel
    target: EndModel
    direction: Literal["oneWay", "both"]
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=MOST_FIELDS)] | None = (
        None
    )
    policies: Policies = Field(default_factory=dict)
    tenant_field: FieldName = TENANT_FIELD
    schema_name: Annotated[Name | None, Field(alias="schema")] = None
    enabled: bool = True


class RouteView(RouteRequest):
    route_id: str


class RoutePage(Wire):
    items: tuple[RouteView, ...]
    next_cursor: str | None
