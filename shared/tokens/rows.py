"""What changes leave: rows of the ledger, messages, and the answers that callers get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.tokens.models import Account, Part, Usage


@dataclass(frozen=True, slots=True)
class Row:
    """One immutable row of the ledger, and the record that makes its operation happen once.

    `parts` say which lots an amount came from or went to; `postings` are its double entry and
    sum to zero. `after` is the account behind it, which is what its caller is answered with.
    """

    row_id: str
    type: str
    amount: int
    at: datetime
    parts: tuple[Part, ...]
    postings: tuple[tuple[str, int], ...]
    after: Account
    task_type: str | None = None
    actor: str | None = None
    metadata: Mapping[str, Any] | None = None
    reference: str | None = None


class Message(NamedTuple):
    """Something to tell, once: what goes out after the commit. Its id makes it one."""

    message_id: str
    event_type: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A new state of an account, the rows that explain it, what to tell, and finished days."""

    account: Account
    rows: tuple[Row, ...] = ()
    messages: tuple[Message, ...] = ()
    days: tuple[Usage, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it is stored. `result` is the balance that its caller was answered with."""

    row_id: str
    account_id: str
    type: str
    amount: int
    at: datetime
    seq: int
    cycle: int
    available_after: int
    from_included: int
    from_purchased: int
    parts: tuple[Part, ...]
    fingerprint: str
    result: Mapping[str, Any] | None
    task_type: str | None = None
    actor: str | None = None
    metadata: Mapping[str, Any] | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an operation; `replay` when it had been done before."""

    entry: Entry
    replay: bool


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Whether an amount could be spent now, and if not, what blocks it until when."""

    sufficient: bool
    available: int
    short_by: int
    scope: str
    resets_at: datetime
