"""Trying again where others were faster."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from shared.kernel.errors import DependencyUnavailable
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile, pause

T = TypeVar("T")
ATTEMPTS = 8


def persistently(attempt: Callable[[], T]) -> T:
    """Again while others are faster; a repetition finds what is there already."""
    for number in range(ATTEMPTS):
        with suppress(AlreadyThere, ChangedMeanwhile):
            return attempt()
        pause(number)
    raise DependencyUnavailable(reason="contention")
