"""What the gateway answers where no area does."""

from shared.entry.http import Area

gateway = Area("gateway").function()
