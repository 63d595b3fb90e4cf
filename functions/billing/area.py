"""The area of the billing calls."""

from shared.entry.http import Area

area = Area("billing")
