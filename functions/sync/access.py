"""The tenant that a call is about, and who changes something there."""

from typing import Any

from shared.auth.models import Caller, Tenant
from shared.entry.http import Call
from shared.events.models import BACKBONE
from shared.wiring import Wiring

READ, WRITE = "sync:catalogue:read", "sync:catalogue:write"
READ_STATUS, WRITE_STATUS = "sync:status:read", "sync:status:write"


def tenant_of(call: Call[Any], wiring: Wiring, permission: str) -> Tenant:
    """The tenant in the path, once the caller may do this there; NotFound for a foreign one."""
    tenant_id = call.path["tenant_id"]
    wiring.auth.require(call.caller, permission, tenant_id)
    return wiring.directory.tenant(tenant_id)


def source_of(caller: Caller) -> str:
    """The product whose key it is; what a person changes comes from the backbone itself."""
    return caller.key.product if caller.key else BACKBONE
