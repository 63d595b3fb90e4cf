"""Decisions a second, compiled, against roles that are walked through for each of them."""

import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from statistics import median
from typing import Any

from shared.auth.models import Member
from shared.auth.permissions import BUILT_IN, CATALOGUE
from shared.auth.roles import Book, Role, Team, compiled

DECISIONS = 20_000
ROUNDS = 9
BOOK = Book(
    roles={
        "waiter": Role(["events:event:emit"], ["viewer"]),
        "shift-lead": Role(["events:event:ack", "!tokens:balance:spend"], ["waiter"]),
        "manager": Role(["auth:member:write"], ["shift-lead", "editor"]),
    },
    teams={"bar": Team("Bar", ["waiter"])},
)
MEMBER = Member("t", "u", ("manager",), teams=("bar",))
ASKED = sorted(CATALOGUE)


def run() -> dict[str, Any]:
    decide = compiled(MEMBER, BOOK).decide
    ours, peer = _in_turns(lambda permission: decide(permission).allowed, naive)
    if [decide(each).allowed for each in ASKED] != [naive(each) for each in ASKED]:
        raise AssertionError("They do not decide alike.")
    return {
        "ours": round(ours),
        "peer": round(peer),
        "ratio": round(ours / peer, 2),
        "unit": "decisions/s",
        "detail": {"rounds": ROUNDS, "decisions": DECISIONS, "compiled": round(_compiling())},
    }


def naive(permission: str) -> bool:
    """What is held in memory is walked through, and left as soon as a denial is met."""
    allowed = False
    for role in _reached():
        said = BUILT_IN.get(role) or BOOK.roles[role].permissions
        if f"!{permission}" in said:
            return False
        allowed = allowed or permission in said
    return allowed


def _reached() -> Iterator[str]:
    seen: set[str] = set()
    ahead = [*MEMBER.roles, *(role for team in MEMBER.teams for role in BOOK.teams[team].roles)]
    while ahead:
        role = ahead.pop()
        if role not in seen:
            seen.add(role)
            ahead += BOOK.roles[role].inherits if role in BOOK.roles else ()
            yield role


def _in_turns(ours: Callable[[str], bool], peer: Callable[[str], bool]) -> tuple[float, float]:
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for decide, found in zip((ours, peer), rates, strict=True):
            found.append(_rate(decide))
    return median(rates[0]), median(rates[1])


def _rate(decide: Callable[[str], bool]) -> float:
    permissions = list(islice(cycle(ASKED), DECISIONS))
    began = time.perf_counter()
    for permission in permissions:
        decide(permission)
    return DECISIONS / (time.perf_counter() - began)


def _compiling() -> float:
    """How often a second a member is compiled."""
    began = time.perf_counter()
    for _ in range(500):
        compiled(MEMBER, BOOK)
    return 500 / (time.perf_counter() - began)
