"""Documents of the outbox as triggers bring them: some messages, each handled for itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from shared.entry.deliveries import BadEvent
from shared.platform.documents import DocumentChange

T = TypeVar("T")


def deliver_each(
    change: DocumentChange,
    read: Callable[[Mapping[str, Any]], T | None],
    deliver: Callable[[Sequence[T]], None],
) -> None:
    """Deliver the messages of which `read` makes something.

    Raises BadEvent, the others being delivered, for one that it cannot read.
    """
    if change.new is None:
        return
    found, broken = [], []
    for message in _messages(change.new.data()):
        try:
            found.append(read(message))
        except (KeyError, TypeError, ValueError) as cause:
            broken.append(f"{type(cause).__name__}: {cause}")
    deliver([each for each in found if each is not None])
    if broken:
        raise BadEvent(f"not a message: {broken[0]}")


def _messages(document: Mapping[str, Any]) -> list[Any]:
    messages = document.get("messages")
    if not isinstance(messages, list):
        raise BadEvent("no messages")
    return messages
