"""What the calls of conflicts and dead letters take and give."""

from typing import Any

from shared.entry.wire import Moment, Wire


class SideView(Wire):
    """A value, the project where it was written, and its stamp; null where it was removed."""

    project: str
    value: Any
    stamp: str


class ConflictView(Wire):
    conflict_id: str
    path: str
    field: str
    policy: str
    winner: SideView
    loser: SideView
    tenant_id: str
    at: Moment
    reverted_at: Moment | None


class ConflictPage(Wire):
    items: tuple[ConflictView, ...]
    next_cursor: str | None


class LetterView(Wire):
    dead_letter_id: str
    cause: str
    event_id: str
    project: str
    path: str
    peer: str
    at: Moment


class LetterPage(Wire):
    items: tuple[LetterView, ...]
    next_cursor: str | None


class RetryAnswer(Wire):
    """Whether it went well this time; then the letter is gone."""

    resolved: bool
