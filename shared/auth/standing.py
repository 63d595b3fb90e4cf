"""How users, sessions and tenants stand: by what a token is refused before its time is over.

An instance remembers it for ten seconds, so that is how long a token may outlive a revocation on
others; on the instance that revoked, it ends at once. Epochs are integers: what was made in the
second of the revocation, but before it, is told from what was made after.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from google.cloud import firestore

from shared.auth.models import Access, Identity
from shared.auth.user_rows import NAMES, Known, identity_name, known_by, tenants_said
from shared.kernel.errors import SessionRevoked
from shared.platform.cache import Remembered
from shared.platform.wire import Found, Wire

REMEMBERED_SECONDS = 10


class State(NamedTuple):
    """`signed_out_at` is when a user signed out everywhere: earlier sign-ins are over.

    `tenants` are those that a user is in, where they are at most one; None: ask the members.
    """

    epoch: int = 0
    ended: bool = False
    signed_out_at: datetime | None = None
    tenants: Sequence[str] | None = None

    def left_since(self, signed_in_at: datetime) -> bool:
        return self.signed_out_at is not None and signed_in_at <= self.signed_out_at


def user_path(user_id: str) -> str:
    return f"users/{user_id}"


def session_path(session_id: str) -> str:
    return f"sessions/{session_id}"


def tenant_path(tenant_id: str) -> str:
    return f"tenants/{tenant_id}"


class Standing:
    """Reads the states of `users`, `sessions` and `tenants`, several in one call."""

    def __init__(self, client: firestore.Client) -> None:
        self._wire = Wire(client)
        self._states: Remembered[str, State] = Remembered(REMEMBERED_SECONDS)

    def require_access(self, access: Access, *, fresh: bool = False) -> None:
        """Raises SessionRevoked for a token that was ended early; `fresh` remembers nothing."""
        epochs = {user_path(access.user_id): access.user_epoch}
        if access.session_id:
            epochs[session_path(access.session_id)] = access.session_epoch
        if access.tenant_id:
            epochs[tenant_path(access.tenant_id)] = access.tenant_epoch
        states = self._load(epochs) if fresh else self._of(epochs)
        for path, epoch in epochs.items():
            if states[path].ended or states[path].epoch != epoch:
                raise SessionRevoked(reason=f"epoch:{path.partition('/')[0]}")

    def require_user(self, user_id: str, signed_in_at: datetime) -> None:
        """Raises SessionRevoked for a user who is gone, or has signed out everywhere since."""
        state = self.user(user_id)
        if state.ended:
            raise SessionRevoked(reason="epoch:users")
        if state.left_since(signed_in_at):
            raise SessionRevoked(reason="signed_out")

    def require_tenant(self, tenant_id: str) -> None:
        if self.tenant(tenant_id).ended:
            raise SessionRevoked(reason="epoch:tenants")

    def user(self, user_id: str) -> State:
        return self._of([user_path(user_id)])[user_path(user_id)]

    def holder(self, identity: Identity) -> Known | None:
        """The user who has an identity, in one call with how they stand."""
        found: dict[str, Found] = {}

        def load() -> Mapping[str, State]:
            name = identity_name(identity.issuer, identity.subject)
            found.update(self._wire.listing("users", NAMES, name))
            return {path: state(path, each.document) for path, each in found.items()}

        self._states.learn(load)
        known = (
            known_by(path.split("/")[1], one.document, identity) for path, one in found.items()
        )
        return next(known, None)

    def tenant(self, tenant_id: str) -> State:
        return self._of([tenant_path(tenant_id)])[tenant_path(tenant_id)]

    def forget(self, paths: Iterable[str]) -> None:
        """What somebody is about to be told of must be read again."""
        for path in paths:
            self._states.forget(path)

    def _of(self, paths: Collection[str]) -> Mapping[str, State]:
        return self._states.get_all(paths, self._load)

    def _load(self, paths: Collection[str]) -> Mapping[str, State]:
        found = self._wire.get(paths)
        return {p: state(p, found[p].document if p in found else None) for p in paths}


def state(path: str, row: Mapping[str, Any] | None) -> State:
    """A user or session that is not there has ended; a tenant has only if it says so."""
    if row is None:
        return State(ended=not path.startswith("tenants/"))
    ended = row.get("status", "active") != "active" or row.get("disabled") is True
    epoch, signed_out_at = row.get("epoch", 0), row.get("signedOutAt")
    return State(epoch, ended, signed_out_at, _at_most_one(tenants_said(row)))


def _at_most_one(tenants: Sequence[str] | None) -> Sequence[str] | None:
    return None if tenants is None or len(tenants) > 1 else tuple(tenants)
