"""Users, identities and claims as they are stored, and what their documents are called."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.auth.models import Identity, LinkedIdentity, User
from shared.kernel.ids import derived_id, is_safe_id
from shared.kernel.lenient import mapping, text
from shared.platform.wire import Found

Row = Mapping[str, Any]
NAMES = "identityNames"
TENANTS = "tenants"
IDENTITY = {"issuer", "subject", "project", "email", "emailVerified"}


class Known(NamedTuple):
    """An identity as it is stored: whose it is, and what it said of its e-mail."""

    user_id: str
    email: str | None
    email_verified: bool
    updated: Any = None

    def says(self, identity: Identity) -> bool:
        """Whether it said what the token says."""
        return (self.email, self.email_verified) == (identity.email, identity.email_verified)


class Claim(NamedTuple):
    """Whose a verified e-mail is, if anybody's; `updated` is None where it never was."""

    path: str
    user_id: str | None
    updated: Any


class Held(NamedTuple):
    """A user as they are stored, with the end of their audit beside."""

    user_id: str
    row: Row
    updated: Any
    found: Mapping[str, Found]


def without(identities: Sequence[Row], gone: Identity) -> list[Row]:
    name = gone.issuer, gone.subject
    return [each for each in identities if (each["issuer"], each["subject"]) != name]


def identity_name(issuer: str, subject: str) -> str:
    return derived_id(issuer, subject)


def identity_path(identity: Identity) -> str:
    return f"identities/{identity_name(identity.issuer, identity.subject)}"


def claim_path(email: str) -> str:
    return f"email_claims/{derived_id(_folded(email))}"


def _folded(email: str) -> str:
    """Case is folded in ASCII alone: elsewhere two mailboxes may fold to one (`K`, Kelvin)."""
    return email.lower() if email.isascii() else email


def identity_map(identity: Identity) -> dict[str, Any]:
    return {
        "issuer": identity.issuer,
        "subject": identity.subject,
        "project": identity.project,
        "email": identity.email,
        "emailVerified": identity.email_verified,
    }


def identity_row(user_id: str, identity: Identity, now: datetime) -> dict[str, Any]:
    return {"userId": user_id, **identity_map(identity), "linkedAt": now}


def listed(identities: Sequence[Row]) -> dict[str, Any]:
    """A user's identities, and the names that the user is found by."""
    names = [identity_name(each["issuer"], each["subject"]) for each in identities]
    return {"identities": list(identities), NAMES: names}


def known_by(user_id: str, row: Row, identity: Identity) -> Known | None:
    """What a user who is found by the name of an identity has of it, if it is there at all."""
    name = identity.issuer, identity.subject
    held = [each for each in identities(row) if (each["issuer"], each["subject"]) == name]
    return Known(user_id, held[0]["email"], held[0]["emailVerified"]) if held else None


def user_row(identity: Identity, joined: Sequence[str], now: datetime) -> dict[str, Any]:
    """A new user, in the tenants that were joined along with it."""
    return {
        "profile": {"email": identity.email, "displayName": identity.display_name},
        **listed([identity_map(identity)]),
        TENANTS: list(joined),
        "createdAt": now,
    }


def user(user_id: str, row: Row) -> User:
    profile = mapping(row.get("profile"))
    return User(
        user_id=user_id,
        email=text(profile.get("email")),
        display_name=text(profile.get("displayName")),
        identities=[_linked(item) for item in identities(row)],
        photo_url=text(profile.get("photoUrl")),
        locale=text(profile.get("locale")),
        time_zone=text(profile.get("timeZone")),
    )


def identities(row: Row) -> list[Row]:
    """Those that a user's document lists: of another writer's, what is one."""
    listed = row.get("identities")
    found = map(mapping, listed if isinstance(listed, list) else ())
    return [each for each in found if each.keys() >= IDENTITY]


def _linked(row: Row) -> LinkedIdentity:
    return LinkedIdentity(
        row["issuer"], row["subject"], row["project"], row["email"], row["emailVerified"]
    )


def tenants_said(row: Mapping[str, Any]) -> list[str] | None:
    """The tenants that a user's document names; None where it has no list of them."""
    said = row.get(TENANTS)
    if not isinstance(said, list):
        return None
    return said if all(isinstance(each, str) and is_safe_id(each) for each in said) else None
