"""What the demo's steps share: what they know, and how they say, require and wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

T = TypeVar("T")
PATIENCE_SECONDS = 60


class StoryBroken(Exception):
    """Something that should have happened did not."""


@dataclass
class Story:
    """What the steps share, and how long each thing took."""

    times: dict[str, float] = field(default_factory=dict)
    name: str = field(default_factory=lambda: uuid4().hex[:8])

    def timed(self, what: str, act: Callable[[], T]) -> T:
        began = time.perf_counter()
        result = act()
        self.times[what] = time.perf_counter() - began
        return result

    def awaited(self, what: str, look: Callable[[], T | None]) -> T:
        """Look until there is something to see, and note how long that took."""
        return self.timed(what, lambda: eventually(what, look))


def say(line: str) -> None:
    print(f"   {line}", flush=True)


def require(happened: bool, what: str) -> None:
    if not happened:
        raise StoryBroken(what)


def eventually(what: str, look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    raise StoryBroken(f"{what}, within {PATIENCE_SECONDS} s")
