"""Capture a change where it happened and hand it to the hub. Loads no Firestore client."""

from collections.abc import Callable

from shared.kernel.clock import rfc3339
from shared.platform.documents import DocumentChange
from shared.sync import echoes
from shared.sync.documents import change_of

TOPIC = "document-changes"
OURS = "_"  # what begins so is the engine's own, and no route can name it
Publish = Callable[..., None]  # (topic, data, **attributes)
Named = Callable[[str, str], bool]  # (project, collection): whether a route names it


def capture(change: DocumentChange, node: str, named: Named, publish: Publish) -> None:
    """Publish what a user changed and a route names, byte by byte; all else stops here.

    What the engine wrote is not captured either. `named` is not asked of its own collections.
    """
    if change.collection.startswith(OURS) or not named(change.project, change.collection):
        return
    told = change_of(change)
    if not echoes.says_nothing(told) and not echoes.is_echo(told, node):
        trace = {"traceparent": change.traceparent} if change.traceparent else {}
        about = {"event": change.event_id, "time": rfc3339(change.time)}
        publish(TOPIC, change.raw, **about, **trace)
