"""The tables of docs/scale.md."""

from collections.abc import Iterable, Sequence

from scripts.suite.scale.limits import SEQUENTIAL_RATE, Room, ramp_seconds
from scripts.suite.scale.month import USERS, Line
from scripts.suite.scale.scene import Operation

Rows = Iterable[Sequence[object]]
REFRESHED = (10_000, 100_000, 1_000_000)


def operations_table(operations: Iterable[Operation]) -> str:
    rows = [(o.name, *map(_short, o[1:5]), f"{o.stored / 1000:.1f}") for o in operations]
    return _table(("operation", "calls", "reads", "writes", "triggers", "kB that stay"), rows)


def bill_table(lines: Sequence[Line]) -> str:
    rows = [(line.name, _many(line.amount), f"{line.dollars:,.0f}") for line in lines]
    total = sum(line.dollars for line in lines)
    rows += [("all", "", f"{total:,.0f}"), ("a user", "", f"{total / USERS:.5f}")]
    return _table(("a month", "amount", "US$"), rows)


def refresh_table() -> str:
    """What an account's refresh writes by collection: one document, or two for the e-mail."""
    rows = [
        (
            f"{due:,}",
            _duration(ramp_seconds(due)),
            _duration(ramp_seconds(due * 2)),
            _duration(due / SEQUENTIAL_RATE),
        )
        for due in REFRESHED
    ]
    return _table(("due at once", "refreshed", "told by e-mail", "told to the ecosystem"), rows)


def rooms_table(rooms: Iterable[Room]) -> str:
    rows = [(room.name, f"{room.each}", f"{room.most:,}") for room in rooms]
    return _table(("in an account's document", "bytes each", "room for"), rows)


def _table(head: Sequence[str], rows: Rows) -> str:
    return "\n".join([_line(head), "|---" * len(head) + "|", *map(_line, rows)])


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _many(number: float) -> str:
    return f"{number / 1e6:,.1f} million" if number >= 1e6 else f"{number:,.0f}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
