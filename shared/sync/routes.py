"""Routes: which collection of which project is mirrored where, and how."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.platform.logs import log
from shared.sync.models import Peer
from shared.sync.policies import DEFAULT
from shared.sync.scopes import Reading, Scope, scope_of

TENANT_FIELD = "tenantId"


class End(BaseModel):
    """One side of a route."""

    model_config = ConfigDict(frozen=True)

    project: str = Field(min_length=1)
    collection: str = Field(min_length=1)


class Route(BaseModel):
    """A stored route, `sync_routes/{routeId}`.

    `fields` are the top-level fields that travel (None: all), and `policies` say by field how
    edits of both sides become one (left out: `lww`). `schema_name` is the schema of the documents
    (None: of none), of which they name the version.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    source: End
    target: End
    direction: Literal["oneWay", "both"]
    fields: tuple[str, ...] | None = None
    policies: Mapping[str, str] = Field(default_factory=dict)
    tenant_field: str = Field(alias="tenantField", default=TENANT_FIELD, min_length=1)
    schema_name: str | None = Field(alias="schema", default=None)
    enabled: bool = False

    @property
    def ends(self) -> tuple[End, End]:
        return self.source, self.target

    @property
    def reading(self) -> Reading:
        fields = None if self.fields is None else frozenset(self.fields)
        policies = frozenset(pair for pair in self.policies.items() if pair[1] != DEFAULT)
        return Reading(self.tenant_field, fields, policies, self.schema_name or "")


class Mirrored(NamedTuple):
    """What travels from a collection, and to whom: to nobody from where nothing goes on."""

    scope: Scope
    peers: Sequence[Peer]
    policies: Mapping[str, str] = MappingProxyType({})
    sources: Sequence[Peer] = ()  # from where documents come, and nothing goes back

    def policy(self, field: str) -> str:
        return self.policies.get(field, DEFAULT)


def read_routes(found: Iterable[tuple[str, dict[str, Any]]]) -> Mapping[str, Route]:
    """The routes that make sense; each other one is named in the log, and mirrors nothing."""
    read = {route_id: _read(route_id, stored) for route_id, stored in found}
    return {route_id: route for route_id, route in read.items() if route}


def mirrored_at(
    routes: Iterable[Route], project: str, collection: str, node_of: Callable[[str], str]
) -> Mirrored | None:
    """Everybody who shall hear of a change there, each once; None where nothing is mirrored."""
    here = End(project=project, collection=collection)
    near = [route for route in routes if route.enabled and here in route.ends]
    if not near:
        return None
    ends = [to for route in near for at, to in ways(route) if at == here != to]
    peers = [Peer(to.project, to.collection) for to in dict.fromkeys(ends)]
    sources = [Peer(r.source.project, r.source.collection) for r in near if r.source not in ends]
    others = [source for source in sources if source != Peer(project, collection)]
    return Mirrored(scope_of(near[0].reading, node_of), peers, near[0].policies, others)


def ways(route: Route) -> Sequence[tuple[End, End]]:
    """From where to where documents travel."""
    forth, back = (route.source, route.target), (route.target, route.source)
    return [forth, back] if route.direction == "both" else [forth]


def _read(route_id: str, stored: dict[str, Any]) -> Route | None:
    try:
        return Route.model_validate(stored)
    except ValidationError as bad:
        log("ERROR", "bad sync route", route=route_id, problems=bad.error_count())
        return None
