"""A document is mirrored within its tenant only: both sides must name the same one."""

from google.events.cloud.firestore import Value

from shared.sync.models import Change, Version
from shared.sync.refusals import Refused

TEXT = b"\x8a\x01"  # how a protobuf Value begins that holds a string


def check(change: Change, peer: Version | None, tenant_field: str) -> None:
    """Raises Refused unless every version in sight is of one tenant."""
    tenants = {_tenant(version, tenant_field) for version in (change.old, change.new) if version}
    tenant = _tenant(change.new or change.old, tenant_field)
    if tenant is None:
        raise Refused("TENANT_MISSING")
    if tenants - {None, tenant} or (peer and _tenant(peer, tenant_field) != tenant):
        raise Refused("TENANT_MISMATCH")


def tenant_text(change: Change, tenant_field: str) -> str:
    """The tenant's id; empty where there is none."""
    return tenant_in(change.new or change.old, tenant_field)


def tenant_in(version: Version | None, tenant_field: str) -> str:
    """The tenant's id in a version; empty where there is none."""
    found = _tenant(version, tenant_field) or b""
    return str(Value.pb().FromString(found).string_value)


def _tenant(version: Version | None, tenant_field: str) -> bytes | None:
    value = version.fields.get(tenant_field, b"") if version else b""
    return value if value.startswith(TEXT) and len(value) > len(TEXT) + 1 else None
