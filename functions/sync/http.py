"""The sync calls: each subject stands beside."""

from functions.sync import catalogue, records, routes, status, sweeps, tenants
from functions.sync.area import area

__all__ = ["area", "catalogue", "records", "routes", "status", "sweeps", "sync", "tenants"]

sync = area.function()
