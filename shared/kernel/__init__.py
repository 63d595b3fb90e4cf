"""Errors, ids, time, settings and pages: no I/O, and nothing of ours is imported here."""
