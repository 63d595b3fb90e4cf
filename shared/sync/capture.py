"""Capture a change where it happened and hand it to the hub. Loads no Firestore client."""

from collections.abc import Callable

from shared.kernel.clock import rfc3339
from shared.platform.documents import DocumentChange
from shared.sync import echoes
from shared.sync.documents import change_of

TOPIC = "document-changes"
Publish = Callable[..., None]  # (topic, data, **attributes)


def capture(change: DocumentChange, node: str, publish: Publish) -> None:
    """Publish what a user changed, byte by byte; what the engine wrote stops here."""
    told = change_of(change)
    if not echoes.says_nothing(told) and not echoes.is_echo(told, node):
        trace = {"traceparent": change.traceparent} if change.traceparent else {}
        about = {"event": change.event_id, "time": rfc3339(change.time)}
        publish(TOPIC, change.raw, **about, **trace)
