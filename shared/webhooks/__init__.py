"""Webhooks: what happens in a tenant, told to addresses of its own, signed, until it is taken."""
