"""A tenant with people in it, who call auth."""

from typing import NamedTuple

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client

AUDIT, VERIFY = "/api/v1/auth/audit", "/api/v1/auth/audit/verify"


class Tenant(NamedTuple):
    """`who` are its members by their roles, `ids` their user ids."""

    name: str
    who: dict[str, Client]
    ids: dict[str, str]

    def at(self, *parts: str) -> str:
        return "/".join((f"/api/v1/auth/tenants/{self.name}", *parts))


def id_of(client: Client) -> str:
    found: str = client.send("GET", "/api/v1/auth/me").get_json()["userId"]
    return found


def peopled(wiring: Wiring, as_user: AsUser, *roles: str) -> Tenant:
    name = unique("tenant")
    wiring.tenants.put_tenant(name, f"slug-of-{name}", "Las Reinas", ("ORDERING", "SMP"))
    who = {role: as_user("auth", **{name: role}) for role in roles}
    return Tenant(name, who, {role: id_of(client) for role, client in who.items()})


def audited(wiring: Wiring, as_user: AsUser) -> Tenant:
    """One in whose audit there are 24 entries, so that a chain has two of them at least."""
    made = peopled(wiring, as_user, "owner", "admin", "viewer")
    for number in range(24):
        answer = made.who["admin"].send("PUT", made.at("roles", "r"), {"inherits": []})
        assert answer.get_json()["version"] == number + 1
    return made
