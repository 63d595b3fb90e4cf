"""The OpenAPI 3.1 document of all areas, made of their route tables and models."""

from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from shared.entry import limits
from shared.entry.http import Area
from shared.entry.operations import PATH_ID, Json, Schemas, Way, operation
from shared.entry.problems import components, problem_schema
from shared.entry.routing import Route

REFERENCE = "#/components/schemas/{model}"
TITLE = "Hyphae"


class Untitled(GenerateJsonSchema):
    """Without a title for each member, which says its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(areas: Sequence[Area]) -> Json:
    """All calls of these areas, by their paths at the gateway."""
    schemas, definitions = _schemas([route for area in areas for route in area.routes])
    paths: dict[str, Json] = {}
    for area in areas:
        for route in area.routes:
            told = operation(area.name, route, _query(route), schemas)
            paths.setdefault(path_of(area, route), {})[route.method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": components() | {"schemas": {**definitions, "Problem": problem_schema()}},
    }


def path_of(area: Area, route: Route) -> str:
    """A route's path at the gateway; a well-known one stands at its root (RFC 8615)."""
    path = PATH_ID.sub(r"{\1}", route.path)
    return path if path.startswith("/.well-known/") else area.prefix + path


def _schemas(routes: Sequence[Route]) -> tuple[Schemas, Json]:
    """A reference to each model of a body, as it is taken or given, and what they refer to."""
    taken: list[Way] = [(r.takes, "validation") for r in routes if r.method in limits.WITH_BODY]
    given: list[Way] = [(r.gives, "serialization") for r in routes if r.gives]
    ways = sorted({*taken, *given}, key=str)
    found, told = models_json_schema(ways, ref_template=REFERENCE, schema_generator=Untitled)
    return {way: found[way] for way in ways}, told.get("$defs", {})


def _query(route: Route) -> Json:
    """The schema of what a route takes in its query."""
    if route.method in limits.WITH_BODY:
        return {}
    return route.takes.model_json_schema(schema_generator=Untitled)
