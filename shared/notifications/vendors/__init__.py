"""Adapters of who carries notices: one for each."""
