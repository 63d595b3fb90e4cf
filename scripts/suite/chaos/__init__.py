"""Whole parts of the product under seeded faults: clocks, crashes, lost replies, repeats."""
