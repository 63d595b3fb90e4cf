"""In which tenants a user is, as their own document says: where to look, and nothing more.

It changes in the commits by which members come and go, under the condition that the user is as they
were read. Whoever is in too many tenants has it no more, and is looked for among all members.
"""

from collections.abc import Collection, Mapping

from shared.auth.standing import user_path
from shared.auth.user_rows import TENANTS, tenants_said
from shared.platform.wire import Found, Wire, Write

MOST_TENANTS = 100


def joining(wire: Wire, found: Mapping[str, Found], user_id: str, tenant_id: str) -> list[Write]:
    """Nothing, where it is said already, or where the user's document says nothing at all."""
    said = _said(found, user_id)
    if said is None or tenant_id in said:
        return []
    return [_saying(wire, found, user_id, [*said, tenant_id])]


def leaving(wire: Wire, found: Mapping[str, Found], user_id: str, tenant_id: str) -> list[Write]:
    said = _said(found, user_id)
    if said is None or tenant_id not in said:
        return []
    return [_saying(wire, found, user_id, [each for each in said if each != tenant_id])]


def stating(
    wire: Wire, found: Mapping[str, Found], user_id: str, tenants: Collection[str]
) -> list[Write]:
    """All of them anew, where the user is there and says anything else."""
    wanted = None if len(tenants) > MOST_TENANTS else set(tenants)
    said = _said(found, user_id)
    if user_path(user_id) not in found or wanted == (None if said is None else set(said)):
        return []
    return [_saying(wire, found, user_id, sorted(tenants))]


def _said(found: Mapping[str, Found], user_id: str) -> list[str] | None:
    user = found.get(user_path(user_id))
    return tenants_said(user.document) if user else None


def _saying(wire: Wire, found: Mapping[str, Found], user_id: str, tenants: list[str]) -> Write:
    path = user_path(user_id)
    if len(tenants) > MOST_TENANTS:
        return wire.updating(path, {}, found[path].updated, gone=[TENANTS])
    return wire.updating(path, {TENANTS: tenants}, found[path].updated)
