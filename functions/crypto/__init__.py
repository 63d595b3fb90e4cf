"""Triggers of keys."""
