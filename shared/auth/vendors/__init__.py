"""Adapters of what auth uses outside, one file a vendor."""
