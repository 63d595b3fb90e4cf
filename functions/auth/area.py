"""The area of the auth calls."""

from shared.entry.http import Area

area = Area("auth")
