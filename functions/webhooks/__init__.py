"""How webhooks are sent; functions/events has their calls."""
