"""What stops everything before it starts."""


class UnsafeSettings(Exception):
    """The environment contradicts itself; nothing may start with it."""
