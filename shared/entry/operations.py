"""A route as OpenAPI 3.1 tells it: its parameters, its body, and every answer it may give."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic.json_schema import JsonSchemaMode

from shared.entry import limits
from shared.entry.forms import FORM
from shared.entry.problems import problem_name
from shared.entry.routing import Route
from shared.entry.wire import ID, Wire
from shared.kernel.ids import LONGEST_ID

Json = dict[str, Any]
Way = tuple[type[Wire], JsonSchemaMode]
Schemas = Mapping[Way, Json]
PATH_ID = re.compile(r"<(\w+)>")
TENANTS = ("tenant_id", "slug")
EVERYWHERE = (400, 404, 413, 414, 429, 431, 503)
CREDENTIALS: Sequence[Json] = ({"bearer": []}, {"apiKey": []})
COMMA_SEPARATED: Json = {"style": "form", "explode": False}
ANSWER_HEADERS = ("X-Request-Id", "RateLimit", "RateLimit-Policy")


def operation(area: str, route: Route, query: Json, schemas: Schemas) -> Json:
    """`query` is the schema of what the route takes in its query, `schemas` has all others."""
    told: Json = {
        "operationId": operation_id(area, route),
        "summary": summary(route),
        "tags": [area],
        "security": [] if route.open or route.signed else list(CREDENTIALS),
        "parameters": [*_in_path(route), *_in_query(query), *_in_headers(route)],
        "responses": _responses(route, schemas),
    }
    return told | _body(route, schemas)


def operation_id(area: str, route: Route) -> str:
    """The method and the words of the path, which no two routes have in common."""
    words = re.findall(r"[A-Za-z0-9]+", f"{area} {route.path}".replace("<", " by "))
    return route.method.lower() + "".join(word[0].upper() + word[1:] for word in words)


def summary(route: Route) -> str:
    """The first line of the handler's docstring, else its name in words."""
    doc = inspect.getdoc(route.handler)
    name: str = getattr(route.handler, "__name__", route.path)
    return doc.partition("\n")[0] if doc else name.replace("_", " ").capitalize()


def _in_path(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": ID | {"maxLength": 2 * LONGEST_ID}}
        for name in PATH_ID.findall(route.path)
    ]


def _in_query(query: Json) -> list[Json]:
    required = query.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        | (COMMA_SEPARATED if schema.get("type") == "array" else {})
        for name, schema in query.get("properties", {}).items()
    ]


def _in_headers(route: Route) -> list[Json]:
    if route.open or route.signed:
        return [_header("X-Request-Id", False)]
    tenant = [] if {*PATH_ID.findall(route.path)} & {*TENANTS} else ["X-Tenant-Id"]
    key = [_header("Idempotency-Key", True)] if route.keyed else []
    return key + [_header(name, False) for name in (*route.headers, *tenant, "X-Request-Id")]


def _header(name: str, required: bool) -> Json:
    return {"$ref": f"#/components/parameters/{name}{'-required' if required else ''}"}


def _body(route: Route, schemas: Schemas) -> Json:
    if route.signed:
        return {"requestBody": _content("application/json", {}, True)}
    if route.method not in limits.WITH_BODY or not route.takes.model_fields:
        return {}
    needed = any(field.is_required() for field in route.takes.model_fields.values())
    mimetype = FORM if route.form else "application/json"
    return {"requestBody": _content(mimetype, schemas[route.takes, "validation"], needed)}


def _content(mimetype: str, schema: Json, required: bool) -> Json:
    return {"required": required, "content": {mimetype: {"schema": schema}}}


def _responses(route: Route, schemas: Schemas) -> Json:
    return {str(_status(route)): _success(route, schemas)} | {
        str(status): {"$ref": f"#/components/responses/{problem_name(status)}"}
        for status in sorted(_refusals(route))
    }


def _status(route: Route) -> int:
    return route.status if route.gives or route.mimetype else 204


def _success(route: Route, schemas: Schemas) -> Json:
    names = [*ANSWER_HEADERS, *(["Idempotent-Replayed"] if route.may_repeat else [])]
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    told: Json = {"description": "It is done.", "headers": headers}
    if route.gives:
        schema = schemas[route.gives, "serialization"]
        return told | {"content": {"application/json": {"schema": schema}}}
    return told | ({"content": {route.mimetype: {}}} if route.mimetype else {})


def _refusals(route: Route) -> set[int]:
    """The statuses of the problems that a call like this may meet."""
    unknown = route.signed or (route.open and not route.issues)
    return {
        *EVERYWHERE,
        *(() if unknown else (401, 403)),
        *(() if route.signed else (422,)),
        *(() if route.method == "GET" else (409,)),
        *((415,) if route.method in limits.WITH_BODY and not route.signed else ()),
        *route.raises,
    }
