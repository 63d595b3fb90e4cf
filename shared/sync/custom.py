"""Policies of a product's own: pure functions of what each project wrote last.

A function gets the values in the order in which they were written, the latest last, and returns
one of them or a value made of them. It must depend on nothing else, or projects will not agree.
Where it fails, the latest value shows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Custom = Callable[[Sequence[Any]], Any]


def longest(values: Sequence[Any]) -> Any:
    """The longest text; of equally long ones the latest."""
    return max(reversed(values), key=lambda value: len(value or ""))


def earliest(values: Sequence[Any]) -> Any:
    """The lowest value that is not null: when something first happened."""
    return min(value for value in values if value is not None)


CUSTOM: Mapping[str, Custom] = {"longest": longest, "earliest": earliest}
