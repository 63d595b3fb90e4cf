"""Documents of one project, read and written in calls that all who come together share."""

from collections.abc import Sequence
from typing import Any

from google.api_core.exceptions import InvalidArgument

from shared.platform.batched import Batched
from shared.platform.calls import Calls

MOST_BYTES = 40_000  # two hundred of which are within the ten megabytes that a call takes


class SharedCalls:
    """Documents and writes are protobuf; failures are Google's exceptions."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._reads: Batched[str, Any] = Batched(self._read)
        self._writes: Batched[Any, bool] = Batched(self._write)

    def one(self, name: str) -> Any:
        """The document as it is now, None where there is none."""
        return self._reads.ask(name)

    def commit(self, writes: Sequence[Any]) -> None:
        """All or nothing, once; a single small write with those of others, each on its own."""
        alone = len(writes) > 1 or writes[0].ByteSize() > MOST_BYTES
        # What does not hold among others says why by itself.
        if alone or not self._writes.ask(writes[0]):
            self._calls.commit(writes)

    def _read(self, names: Sequence[str]) -> list[Any]:
        if len(names) == 1:
            return [self._calls.one(names[0])]
        answers = (answer.found for answer in self._calls.get(dict.fromkeys(names)))
        found = {document.name: document for document in answers if document.name}
        return [found.get(name) for name in names]

    def _write(self, writes: Sequence[Any]) -> list[bool]:
        """Whether each was done; a call takes one write of a document, the others have to wait."""
        if len(writes) == 1:
            self._calls.commit(writes)
            return [True]
        first = {write.update.name: write for write in reversed(writes)}
        try:
            statuses = self._calls.write_each(first.values()).status
        except InvalidArgument:  # one of them is no write; nothing was done
            return [False] * len(writes)
        done = {name for name, status in zip(first, statuses, strict=True) if not status.code}
        return [write.update.name in done and first[write.update.name] is write for write in writes]
