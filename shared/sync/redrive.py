"""Try a dead letter again, once what it died of is mended."""

from collections.abc import Callable

from shared.kernel.errors import Conflict, NotFound
from shared.sync.lost import Overruled
from shared.sync.records import Records, Row
from shared.sync.refusals import DeadLetter
from shared.sync.service import Mirror
from shared.sync.service import Records as Keeping


class Redrive:
    """`mirror` makes one that keeps its letters where it is told to."""

    def __init__(self, records: Records, mirror: Callable[[Keeping], Mirror]) -> None:
        self._records = records
        self._mirror = mirror

    def retry(self, letter_id: str) -> bool:
        """Whether it went well: then the letter is gone. Telling twice does no harm."""
        row = self._records.letter(letter_id)
        if row is None:
            raise NotFound(reason="dead_letter")
        watched = _Watched(self._records)
        self._mirror(watched).apply(_data(row), row["eventId"], row["happenedAt"])
        if not watched.refused:
            self._records.drop(letter_id)
        return not watched.refused


class _Watched:
    """Knows whether anything was refused again."""

    def __init__(self, inner: Records) -> None:
        self._inner = inner
        self.refused = False

    def keep(self, letter: DeadLetter) -> None:
        self.refused = True
        self._inner.keep(letter)

    def note(self, overruled: Overruled) -> None:
        self._inner.note(overruled)


def _data(row: Row) -> bytes:
    if not row["data"]:
        raise Conflict("A run found it, and the next one will again.", reason="found_by_a_run")
    if not row["whole"]:
        raise Conflict("The change was too large to be kept.", reason="change_not_kept")
    return bytes(row["data"])
