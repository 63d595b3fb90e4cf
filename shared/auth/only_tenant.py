"""The tenant of a user who is in no other.

Their own document says in which tenants they are: so it is known where to look, before all members
are asked. Whether they are a member there is read there; where that does not agree, all are asked.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from shared.auth.standing import REMEMBERED_SECONDS, Standing, user_path
from shared.auth.store import Tenants
from shared.platform.cache import Remembered

if TYPE_CHECKING:
    from shared.auth.session_store import Around


class OnlyTenant:
    """What it learns it remembers for ten seconds; that somebody is in none, it does not."""

    def __init__(self, standing: Standing, tenants: Tenants) -> None:
        self._standing = standing
        self._tenants = tenants
        self._asked: Remembered[str, str] = Remembered(REMEMBERED_SECONDS)

    def of(self, user_id: str, is_member: Callable[[str], bool]) -> str | None:
        """Of a user whose standing was just looked at; `is_member` reads one tenant."""
        for likely in self._standing.user(user_id).tenants or ():
            if is_member(likely):
                return likely
        return self.asked(user_id)

    def asked(self, user_id: str) -> str | None:
        """By a query among all members."""
        return self._asked.get_all((user_id,), self._ask).get(user_id)

    def around(self, user_id: str, read: Callable[[str | None], "Around"]) -> "Around":
        """What is around the user there, or in no tenant, as it stands now; `read` is one call."""
        likely = self._standing.user(user_id).tenants
        if likely is not None:
            found = read(likely[0] if likely else None)
            if found.user.tenants == likely and not found.foreign:
                return found
        return read(self._tenants.only(user_id))

    def forget(self, user_id: str) -> None:
        self._asked.forget(user_id)
        self._standing.forget([user_path(user_id)])

    def _ask(self, user_ids: Collection[str]) -> Mapping[str, str]:
        found = {user_id: self._tenants.only(user_id) for user_id in user_ids}
        return {user_id: tenant_id for user_id, tenant_id in found.items() if tenant_id}
