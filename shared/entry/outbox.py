"""Documents of the outbox as triggers bring them: some messages, each handled for itself."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from shared.entry.deliveries import BadEvent, is_final
from shared.platform.documents import DocumentChange

T = TypeVar("T")
AT_ONCE = 10
Message = Mapping[str, Any]


def deliver_each(
    change: DocumentChange, read: Callable[[Message], T | None], deliver: Callable[[T], None]
) -> None:
    """Deliver the messages of which `read` makes something; none waits for another.

    Raises what may work later, if anything failed so: else what never can, BadEvent for what
    `read` cannot read.
    """
    if change.new is None:
        return
    messages = _messages(change.new.data())
    attempt = partial(_failure, messages, read, deliver)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        failures = [failure for failure in threads.map(attempt, range(len(messages))) if failure]
    if failures:
        raise min(failures, key=is_final)


def _failure(
    messages: list[Any],
    read: Callable[[Message], T | None],
    deliver: Callable[[T], None],
    number: int,
) -> Exception | None:
    try:
        found = _read(messages, read, number)
        if found is not None:
            deliver(found)
    except Exception as failure:  # each of them is judged beside the others'
        return failure
    return None


def _read(messages: list[Any], read: Callable[[Message], T | None], number: int) -> T | None:
    try:
        return read(messages[number])
    except Exception as cause:  # of what others wrote, which can be anything
        raise BadEvent(f"messages[{number}]: {type(cause).__name__}: {cause}") from cause


def _messages(document: Mapping[str, Any]) -> list[Any]:
    messages = document.get("messages")
    if not isinstance(messages, list):
        raise BadEvent("no messages")
    return messages
