"""The sync calls: each subject stands beside."""

from functions.sync import catalogue, routes, sweeps, tenants
from functions.sync.area import area

__all__ = ["area", "catalogue", "routes", "sweeps", "sync", "tenants"]

sync = area.function()
