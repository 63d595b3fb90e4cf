"""A document is mirrored within its tenant only: both sides must name the same one."""

from shared.sync.models import Change, Refused, Version

TEXT = b"\x8a\x01"  # how a protobuf Value begins that holds a string


def check(change: Change, peer: Version | None, tenant_field: str) -> None:
    """Raises Refused unless every version in sight is of one tenant."""
    spoken = change.new or change.old
    tenant = _tenant(spoken, tenant_field)
    if tenant is None:
        raise Refused("tenant_missing")
    if peer is not None and _tenant(peer, tenant_field) != tenant:
        raise Refused("tenant_mismatch")


def _tenant(version: Version | None, tenant_field: str) -> bytes | None:
    value = version.fields.get(tenant_field, b"") if version else b""
    return value if value.startswith(TEXT) and len(value) > len(TEXT) + 1 else None
