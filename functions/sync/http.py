"""The sync calls: a tenant's menu and its syncs stand beside."""

from functions.sync import catalogue, tenants
from functions.sync.area import area

__all__ = ["area", "catalogue", "sync", "tenants"]

sync = area.function()
