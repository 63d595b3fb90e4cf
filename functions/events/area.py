"""The area of the event calls."""

from shared.entry.http import Area

area = Area("ecosystem")
