"""Figures that benchmarks tell in one way."""

from collections.abc import Sequence
from statistics import median, quantiles


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """In milliseconds: the usual call, a slow one of twenty, and one of a hundred."""
    cuts = quantiles(seconds, n=100)
    return {f"p{p}": round(cuts[p - 1] * 1000, 1) for p in (50, 95, 99)}


def compared(rates: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Ours and the peer's, measured in turns: the medians, and the median of the turns' ratios."""
    ours, peer = (median(found) for found in zip(*rates, strict=True))
    return {
        "ours": round(ours, 1),
        "peer": round(peer, 1),
        "ratio": round(median(a / b for a, b in rates), 3),
    }
