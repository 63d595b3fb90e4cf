"""Which routes can live together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set

from shared.kernel.errors import FieldError
from shared.kernel.settings import Settings
from shared.sync.declared import DECLARED
from shared.sync.policies import DEFAULT, is_policy, project_in
from shared.sync.routes import End, Route, ways
from shared.sync.schemas import SCHEMA_VERSION


def faults(route: Route, others: Collection[Route], settings: Settings) -> list[FieldError]:
    """Why the route cannot stand beside the others; nothing if it can. Disabled ones count too."""
    return [*_own(route, settings), *_among(route, others)]


def _own(route: Route, settings: Settings) -> Iterator[FieldError]:
    for name, end in (("source", route.source), ("target", route.target)):
        if code := _project_fault(end.project, settings):
            yield FieldError(f"/{name}/project", code)
    if route.source.project == route.target.project:
        yield FieldError("/target/project", "same_project")
    for field, policy in route.policies.items():
        if code := _policy_fault(route, field, policy):
            yield FieldError(f"/policies/{_escaped(field)}", code)
    yield from _schema_faults(route)


def _project_fault(project: str, settings: Settings) -> str | None:
    """Nothing of the hub is captured, and all of it is our own."""
    if project == settings.hub:
        return "hub_is_not_mirrored"
    return None if project in settings.registered_projects else "unregistered_project"


def _schema_faults(route: Route) -> Iterator[FieldError]:
    schema = DECLARED.get(route.schema_name or "")
    if schema:
        yield from _upcast_faults(route, schema.changed)
    elif route.schema_name is not None:
        yield FieldError("/schema", "unknown_schema")


def _upcast_faults(route: Route, changed: Set[str]) -> Iterator[FieldError]:
    """What is upcast travels under each of its names, and is what was written last."""
    if route.tenant_field in changed:
        yield FieldError("/tenantField", "schema_changes_field")
    if route.fields is not None and not changed <= set(route.fields):
        yield FieldError("/fields", "schema_field_does_not_travel")
    for name, policy in route.policies.items():
        if policy != DEFAULT and name in changed | {SCHEMA_VERSION}:
            yield FieldError(f"/policies/{_escaped(name)}", "schema_changes_field")


def _policy_fault(route: Route, field: str, policy: str) -> str | None:
    if not is_policy(policy):
        return "unknown_policy"
    if project_in(policy) not in ("", *(end.project for end in route.ends)):
        return "project_not_on_route"
    if field == route.tenant_field and policy != DEFAULT:
        return "tenant_field_has_no_policy"
    left_out = route.fields is not None and field not in route.fields
    return "field_does_not_travel" if left_out and field != route.tenant_field else None


def _among(route: Route, others: Collection[Route]) -> Iterator[FieldError]:
    if any(set(route.ends) == set(other.ends) for other in others):
        yield FieldError("/target", "pair_has_a_route")
    elif _cyclic([route, *others]):
        yield FieldError("/target", "cycle")
    if any(_differ(route, other) for other in others if set(route.ends) & set(other.ends)):
        yield FieldError("/policies", "contradicts_a_route")


def _differ(one: Route, other: Route) -> bool:
    """A document has one set of marks, so all routes of a collection must read it alike."""
    return one.reading != other.reading


def _cyclic(routes: Collection[Route]) -> bool:
    """Whether a one-way route leads back to where it began; routes both ways are no cycle."""
    onward: dict[End, set[End]] = {}
    for at, to in (way for route in routes for way in ways(route)):
        onward.setdefault(at, set()).add(to)
    one_way = [route for route in routes if route.direction == "oneWay"]
    return any(route.source in _reached(route.target, onward) for route in one_way)


def _reached(start: End, onward: Mapping[End, Iterable[End]]) -> set[End]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(onward.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
