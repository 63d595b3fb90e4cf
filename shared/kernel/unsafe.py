"""What stops everything before it starts."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class UnsafeSettings(Exception):
    """The environment contradicts itself; nothing may start with it."""
