"""Which marks are believed: a project's own code can write anything into `_sync`.

What is not credible counts as no marks. Nothing else looks again, so all that would fail later
must fail here: one document would keep its event, and the sweep of all others, from ever passing.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.events.cloud.firestore import Value

from shared.sync.models import Cell, Front, Marks
from shared.sync.registers import COUNT, MARK, field_of, kind_of
from shared.sync.stamps import NEVER, TAG, clock_us, is_stamp

SYNC_FIELD = "_sync"
MOST_AHEAD_US = 3_600_000_000  # a stamp from further ahead than an hour is not believed
CLIENT_AHEAD_US = 1_000_000  # nor one of a product whose clock is a second ahead
NO_FIELDS = frozenset(("", SYNC_FIELD))

_Value = Value.pb()


def is_credible(marks: Marks, updated: int) -> bool:
    """Of a version of that time (ns). Raises TypeError, ValueError or DecodeError as well."""
    if not (0 <= marks.awaits <= updated and NO_FIELDS.isdisjoint(_fields(marks))):
        return False
    _require_values(marks)
    return _are_stamped(marks, updated // 1000)


def _are_stamped(marks: Marks, updated_us: int) -> bool:
    if not all(is_stamp(text, updated_us + MOST_AHEAD_US) for text in set(_stamps(marks))):
        return False
    if marks.write is None or marks.write.by_engine:
        return True
    return clock_us(max(marks.stamps.values())) <= updated_us + CLIENT_AHEAD_US


def _fields(marks: Marks) -> Iterable[str]:
    named: tuple[Mapping[str, Any], ...] = (marks.stamps, marks.hidden, marks.displayed)
    return [*(field_of(name) for names in named for name in names), *(marks.told or ())]


def _require_values(marks: Marks) -> None:
    """Raises DecodeError for what is no value: it would stand in the document one day."""
    for name, cell in _cells(marks):
        if cell.value is not None:
            _Value.FromString(_value_in(name, cell.value))
    if not {int}.issuperset(map(type, (marks.told or {}).values())):
        raise TypeError("not digests")


def _value_in(register: str, kept: bytes) -> bytes:
    """What a project added to a count is kept behind the stamp of the count's base."""
    is_added = kind_of(register) == COUNT and not register.endswith(MARK)
    return kept.partition(b"\0")[2] if is_added else kept


def _cells(marks: Marks) -> Iterator[tuple[str, Cell]]:
    fronts: list[tuple[str, Front]] = list(marks.hidden.items())
    fronts += [(name, (cell,)) for name, cell in marks.displayed.items() if cell]
    return ((name, cell) for name, front in fronts for cell in front)


def _stamps(marks: Marks) -> list[Any]:
    cells = [cell for _, cell in _cells(marks)]
    held = [stamp for cell in cells for stamp in (cell.stamp, cell.seen, *cell.knew)]
    known = [stamp for stamps in marks.knew.values() for stamp in stamps]
    deleted = [marks.deleted] if marks.deleted != NEVER else []
    shown = [*marks.stamps.values(), *marks.seen.values()]
    buried = [stamp.partition(TAG)[0] for stamp in marks.buried]
    return [*shown, *held, *known, *deleted, *buried]
