"""The sync calls."""

from shared.entry.http import Area

area = Area("sync")

sync = area.function()
