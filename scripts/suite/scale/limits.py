"""Limits: how fast a collection may grow, and how much an account may hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from google.cloud.firestore_v1 import types

from scripts.suite.scale.scene import OPENED
from shared.platform.values import packed_fields
from shared.tokens.documents import account_document
from shared.tokens.models import PURCHASED, Account, Hold, Limits, Part, Policy, Tier, Usage
from shared.tokens.periods import open_account

DOCUMENT_BYTES = 2**20

# The published ramp of a collection that is new, or was idle: so many a second at first, and half
# as many again every five minutes.
FIRST_RATE, GROWTH, STEP_SECONDS = 500, 1.5, 300
# What a collection takes for ever where an indexed field grows with time.
SEQUENTIAL_RATE = 500

NAME = "a" * 40


class Room(NamedTuple):
    """What one more of a kind takes in an account's document, and how many have room."""

    name: str
    each: int
    most: int


def ramp_seconds(operations: float) -> float:
    """How long so many operations on one collection take, at the fastest that it is meant for."""
    rate, seconds = float(FIRST_RATE), 0.0
    while operations > rate * STEP_SECONDS:
        operations -= rate * STEP_SECONDS
        rate, seconds = rate * GROWTH, seconds + STEP_SECONDS
    return seconds + operations / rate


def rooms() -> list[Room]:
    empty = _size(_account())
    return [_room(name, (_size(filled) - empty) // 100) for name, filled in _filled().items()]


def _room(name: str, each: int) -> Room:
    return Room(name, each, (DOCUMENT_BYTES - _size(_account())) // each)


def _account() -> Account:
    policy = Policy(tiers={"enterprise": Tier(1_000_000)})
    return open_account(NAME, "enterprise", policy, OPENED, OPENED)


def _filled() -> dict[str, Account]:
    """An account with a hundred more of each."""
    empty, names = _account(), [f"{n:040d}" for n in range(100)]
    amounts = dict.fromkeys(names, 1000000)
    part, ends = Part(PURCHASED, PURCHASED, 1_000_000), OPENED + timedelta(hours=1)
    holds = tuple(Hold(name, (part,), ends, 0, "chat_completion", NAME) for name in names)
    tasks = {name[-20:]: (1_000_000, 1_000) for name in names}
    return {
        "open hold": replace(empty, holds=holds),
        "member with a cap": replace(
            empty, member_used=amounts, limits=Limits(member_caps=amounts)
        ),
        "member without a cap": replace(empty, member_used=amounts),
        "task type of a day": replace(empty, usage=Usage("2026-01-01", tasks)),
    }


def _size(account: Account) -> int:
    document: Any = types.Document.pb()(fields=packed_fields(account_document(account)))
    return int(document.ByteSize())
