"""What may go wrong with an event on its way, drawn from a seed."""

from dataclasses import dataclass
from enum import Enum
from random import Random

MOST_COPIES = 20
MOST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each befalls what it is about (0 to 1); `late` is in seconds."""

    again: float = 0.0  # another copy comes
    late: float = 0.0  # every copy waits up to this long: whatever comes in between overtakes it
    lost: float = 0.0  # the event never comes
    before: float = 0.0  # an attempt fails, and the function has not seen it
    after: float = 0.0  # an attempt fails, and the function has done its work
    odd: float = 0.0  # a part of an event looks as the emulators send it, not as production does


NONE = Faults()


class Failure(Enum):
    """When an attempt fails: before the function has the event, or after it has done its work."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Form:
    """Which parts look as the emulators send them."""

    body: bool = False
    source: bool = False
    time: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of an event: when it goes, and how its first attempts fail."""

    delay: float
    failures: tuple[Failure, ...]


def form(random: Random, faults: Faults) -> Form:
    """How an event looks, each time that it comes."""
    body, source, time = (random.random() < faults.odd for _ in range(3))
    return Form(body, source, time)


def copies(random: Random, faults: Faults) -> list[Copy]:
    """What becomes of an event: nothing, or a copy, or many."""
    if random.random() < faults.lost:
        return []
    found = [_copy(random, faults)]
    while random.random() < faults.again and len(found) < MOST_COPIES:
        found.append(_copy(random, faults))
    return found


def _copy(random: Random, faults: Faults) -> Copy:
    return Copy(random.uniform(0, faults.late), _failures(random, faults))


def _failures(random: Random, faults: Faults) -> tuple[Failure, ...]:
    found: list[Failure] = []
    while len(found) < MOST_FAILURES:
        drawn = random.random()
        if drawn >= faults.before + faults.after:
            break
        found.append(Failure.BEFORE if drawn < faults.before else Failure.AFTER)
    return tuple(found)
