"""Routes: which collection of which project is mirrored where."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.platform.logs import log
from shared.sync.models import Peer


class End(BaseModel):
    """One side of a route."""

    model_config = ConfigDict(frozen=True)

    project: str = Field(min_length=1)
    collection: str = Field(min_length=1)


class Route(BaseModel):
    """A stored route, `sync_routes/{routeId}`."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    source: End
    target: End
    direction: Literal["oneWay", "both"]
    tenant_field: str = Field(alias="tenantField", min_length=1)
    enabled: bool = False


def read_routes(found: Iterable[tuple[str, dict[str, Any]]]) -> Sequence[Route]:
    """The routes that make sense; each other one is named in the log, and mirrors nothing."""
    return [route for route_id, stored in found if (route := _read(route_id, stored))]


def peers_of(routes: Sequence[Route], project: str, collection: str) -> list[Peer] | None:
    """Everybody who shall hear of a change there, each once; None where nothing is mirrored."""
    here = End(project=project, collection=collection)
    enabled = [route for route in routes if route.enabled]
    if not any(here in (route.source, route.target) for route in enabled):
        return None
    pairs = [pair for route in enabled for pair in _directions(route)]
    found = [Peer(to.project, to.collection, field) for at, to, field in pairs if at == here != to]
    return list(dict.fromkeys(found))


def _directions(route: Route) -> list[tuple[End, End, str]]:
    forth = (route.source, route.target, route.tenant_field)
    back = (route.target, route.source, route.tenant_field)
    return [forth, back] if route.direction == "both" else [forth]


def _read(route_id: str, stored: dict[str, Any]) -> Route | None:
    try:
        return Route.model_validate(stored)
    except ValidationError as bad:
        log("ERROR", "bad sync route", route=route_id, problems=bad.error_count())
        return None
