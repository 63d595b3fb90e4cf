"""The sync calls: a tenant's menu and its syncs, and runs of the sweep, stand beside."""

from functions.sync import catalogue, sweeps, tenants
from functions.sync.area import area

__all__ = ["area", "catalogue", "sweeps", "sync", "tenants"]

sync = area.function()
