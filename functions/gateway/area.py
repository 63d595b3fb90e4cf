"""The area of what stands beside the others: what they can be asked."""

from shared.entry.http import Area

area = Area("gateway", "/api/v1")
