"""Billing cycles: finding the accounts that are due, and refreshing each of them once."""
