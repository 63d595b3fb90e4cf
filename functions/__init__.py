"""The outside: how each area is called."""
