"""The area of the sync calls."""

from shared.entry.http import Area

area = Area("sync")
