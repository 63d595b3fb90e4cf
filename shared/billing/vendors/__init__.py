"""Adapters of who takes the money: one for each."""
