"""How long calls took, as benchmarks tell it."""

from collections.abc import Sequence
from statistics import quantiles


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """In milliseconds: the usual call, a slow one of twenty, and one of a hundred."""
    cuts = quantiles(seconds, n=100)
    return {f"p{p}": round(cuts[p - 1] * 1000, 1) for p in (50, 95, 99)}
