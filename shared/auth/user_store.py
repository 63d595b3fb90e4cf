"""Users in Firestore: `users/{userId}`, found by `identities/{hash}` and `email_claims/{hash}`.

A claim is made by an e-mail that is verified, and belongs to one user: whoever else proves it is
the same person.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from google.cloud import firestore

from shared.auth.audit import line_of_user, told
from shared.auth.chain import Act
from shared.auth.models import Identity, User
from shared.auth.user_rows import (
    Claim,
    Held,
    Known,
    Row,
    claim_path,
    identities,
    identity_map,
    identity_path,
    identity_row,
    listed,
    user,
    user_row,
    without,
)
from shared.kernel.lenient import mapping
from shared.platform.firestore import ChangedMeanwhile
from shared.platform.persistence import persistently
from shared.platform.wire import Found, Wire, Write

Documents = Iterable[tuple[str, Row]]


class Users:
    def __init__(self, client: firestore.Client) -> None:
        self._wire = Wire(client)

    def known(self, identity: Identity) -> Known | None:
        found = self._found(identity_path(identity))
        if found is None:
            return None
        row = found.document
        return Known(row["userId"], row["email"], row["emailVerified"], found.updated)

    def claim(self, email: str) -> Claim:
        """One of a user who is no longer there is nobody's."""
        path = claim_path(email)
        found = self._found(path)
        if found is None:
            return Claim(path, None, None)
        owner = found.document["userId"]
        return Claim(path, owner if self._found(f"users/{owner}") else None, found.updated)

    def get(self, user_id: str) -> User | None:
        found = self._found(f"users/{user_id}")
        return user(user_id, found.document) if found else None

    def change_profile(self, user_id: str, changes: Row, now: datetime) -> None:
        """By the stored names; what stays the same is not told of."""
        persistently(partial(self._change_profile, user_id, changes, now))

    def register(
        self,
        user_id: str,
        identity: Identity,
        claim: Claim | None,
        now: datetime,
        others: Documents = (),
    ) -> None:
        """A new user with one identity, and all that comes with one: everything, or nothing.

        Raises AlreadyThere when any of it exists, ChangedMeanwhile for a claim that is another's.
        """
        documents = list(others)
        # Whoever belongs to a home tenant is a member from here on.
        joined = [row["tenantId"] for path, row in documents if "/members/" in path]
        writes = [
            self._wire.creation(identity_path(identity), identity_row(user_id, identity, now)),
            self._wire.creation(f"users/{user_id}", user_row(identity, joined, now)),
            *(self._wire.creation(path, document) for path, document in documents),
        ]
        held = Held(user_id, {}, None, {})
        writes += self._told(held, "identity.register", identity, now, joined)
        self._wire.commit(writes + self._claiming(user_id, claim))

    def link(self, user_id: str, identity: Identity, now: datetime) -> None:
        """One more identity of a user; raises AlreadyThere when it is somebody's.

        Raises ChangedMeanwhile where the user has changed, or is gone.
        """
        row = identity_row(user_id, identity, now)
        created = self._wire.creation(identity_path(identity), row)
        held = self._held(user_id)
        listed = self._listing(held, identity_map(identity))
        self._wire.commit([created, listed, *self._told(held, "identity.link", identity, now)])

    def restate(self, known: Known, identity: Identity, claim: Claim | None, now: datetime) -> str:
        """What an identity says now of its e-mail, and whose that makes it: the claim's owner.

        The e-mail that it had is given up, where no other identity of its user has proved it.
        Raises AlreadyThere or ChangedMeanwhile where somebody else was faster.
        """
        owner = (claim and claim.user_id) or known.user_id
        row = identity_row(owner, identity, now)
        writes = [self._wire.updating(identity_path(identity), row, known.updated)]
        held = self._held(owner)
        if owner == known.user_id:
            writes.append(self._relisting(held, known, identity))
        else:
            left = self._held(known.user_id)
            writes += [self._unlisting(left, identity)]
            writes += [self._listing(held, identity_map(identity))]
            writes += self._told(left, "identity.leave", identity, now)
        writes += self._told(held, "identity.restate", identity, now)
        writes += self._releasing(known, identity, claim)
        self._wire.commit(writes + self._claiming(owner, claim))
        return owner

    def _change_profile(self, user_id: str, changes: Row, now: datetime) -> None:
        held = self._held(user_id)
        profile = mapping(held.row.get("profile"))
        changed = sorted(name for name in changes if changes[name] != profile.get(name))
        if not changed:
            return
        fields = {"profile": {**profile, **changes}}
        written = self._wire.updating(f"users/{user_id}", fields, held.updated)
        act = Act(f"user:{user_id}", "profile.change", user_id, {"members": changed})
        self._wire.commit([written, *told(self._wire, line_of_user(user_id), held.found, act, now)])

    def _claiming(self, user_id: str, claim: Claim | None) -> list[Write]:
        if claim is None or claim.user_id is not None:
            return []
        row = {"userId": user_id}
        if claim.updated is None:
            return [self._wire.creation(claim.path, row)]
        return [self._wire.updating(claim.path, row, claim.updated)]

    def _releasing(self, known: Known, identity: Identity, claim: Claim | None) -> list[Write]:
        path = claim_path(known.email) if known.email and known.email_verified else ""
        found = self._found(path) if path and (claim is None or claim.path != path) else None
        if found is None or found.document["userId"] != known.user_id:
            return []
        others = without(identities(self._held(known.user_id).row), identity)
        proved = {claim_path(each["email"]) for each in others if each["emailVerified"]}
        return [] if path in proved else [self._wire.deletion(path, found.updated)]

    def _listing(self, held: Held, added: Row) -> Write:
        fields = listed([*identities(held.row), added])
        return self._wire.updating(f"users/{held.user_id}", fields, held.updated)

    def _relisting(self, held: Held, known: Known, identity: Identity) -> Write:
        row = held.row
        others = without(identities(row), identity)
        fields = listed([*others, identity_map(identity)])
        profile = mapping(row.get("profile"))
        if profile.get("email") == known.email:
            fields["profile"] = {**profile, "email": identity.email}
        return self._wire.updating(f"users/{known.user_id}", fields, held.updated)

    def _unlisting(self, held: Held, identity: Identity) -> Write:
        """Sessions end, for it may have begun them; who has no identity left is nobody any more."""
        left = without(identities(held.row), identity)
        ended = {"epoch": held.row.get("epoch", 0) + 1} | ({} if left else {"status": "merged"})
        return self._wire.updating(f"users/{held.user_id}", listed(left) | ended, held.updated)

    def _told(
        self,
        held: Held,
        action: str,
        identity: Identity,
        now: datetime,
        joined: Sequence[str] = (),
    ) -> list[Write]:
        name = identity_path(identity).removeprefix("identities/")
        details = {
            "project": identity.project,
            "emailVerified": identity.email_verified,
            "joined": list(joined),
        }
        act = Act(f"user:{held.user_id}", action, name, details)
        return told(self._wire, line_of_user(held.user_id), held.found, act, now)

    def _held(self, user_id: str) -> Held:
        path = f"users/{user_id}"
        found = self._wire.get([path, line_of_user(user_id).path])
        if path not in found:
            raise ChangedMeanwhile
        return Held(user_id, found[path].document, found[path].updated, found)

    def _found(self, path: str) -> Found | None:
        return self._wire.get([path]).get(path)
