"""The key of what the backbone keeps sealed for a tenant: look, rotate, destroy."""

from functions.auth.area import area
from functions.auth.schemas import EncryptionKeyView
from shared.crypto.models import KeyRing
from shared.crypto.rules import REMEMBERED
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

KEY = "/tenants/<tenant_id>/encryption-key"


@area.route("GET", KEY, Nothing, EncryptionKeyView)
def encryption_key(call: Call[Nothing], wiring: Wiring) -> EncryptionKeyView:
    return _view(wiring.encryption_desk.look(call.caller, call.path["tenant_id"]))


@area.route("POST", f"{KEY}/rotate", Nothing, EncryptionKeyView)
def rotate_encryption_key(call: Call[Nothing], wiring: Wiring) -> EncryptionKeyView:
    return _view(wiring.encryption_desk.rotate(call.caller, call.path["tenant_id"]))


@area.route("DELETE", KEY, Nothing, EncryptionKeyView)
def destroy_encryption_key(call: Call[Nothing], wiring: Wiring) -> EncryptionKeyView:
    return _view(wiring.encryption_desk.destroy(call.caller, call.path["tenant_id"]))


def _view(ring: KeyRing) -> EncryptionKeyView:
    return EncryptionKeyView(
        tenant_id=ring.tenant_id,
        version=ring.newest,
        settled_version=ring.settled,
        rotated_at=ring.versions[-1].made_at if ring.versions else None,
        destroyed_at=ring.destroyed_at,
        irreversible=ring.destroyed_at is not None,
        effective_within_seconds=int(REMEMBERED.total_seconds()),
    )
