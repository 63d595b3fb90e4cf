"""The key of what the backbone keeps sealed for a tenant: look, rotate, destroy."""

from functions.auth.area import area
from functions.auth.schemas import EncryptionKeyView
from shared.crypto.models import KeyRing
from shared.crypto.rules import REMEMBERED
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

KEY = "/tenants/<tenant_id>/encryption-key"
WRITE, END = "auth:encryption-key:write", "auth:tenant:delete"


@area.route("GET", KEY, Nothing, EncryptionKeyView)
def encryption_key(call: Call[Nothing], wiring: Wiring) -> EncryptionKeyView:
    return _view(wiring.tenant_keys.look(_tenant(call, wiring, WRITE)))


@area.route("POST", f"{KEY}/rotate", Nothing, EncryptionKeyView)
def rotate_encryption_key(call: Call[Nothing], wiring: Wiring) -> EncryptionKeyView:
    return _view(wiring.tenant_keys.rotate(_tenant(call, wiring, WRITE)))


@area.route("DELETE", KEY, Nothing, EncryptionKeyView)
def destroy_encryption_key(call: Call[Nothing], wiring: Wiring) -> EncryptionKeyView:
    return _view(wiring.tenant_keys.destroy(_tenant(call, wiring, END)))


def _tenant(call: Call[Nothing], wiring: Wiring, permission: str) -> str:
    tenant_id = call.path["tenant_id"]
    wiring.auth.require(call.caller, permission, tenant_id)
    return tenant_id


def _view(ring: KeyRing) -> EncryptionKeyView:
    return EncryptionKeyView(
        tenant_id=ring.tenant_id,
        version=ring.newest,
        settled_version=ring.settled,
        rotated_at=ring.versions[-1].made_at if ring.versions else None,
        destroyed_at=ring.destroyed_at,
        effective_within_seconds=int(REMEMBERED.total_seconds()),
    )
