"""Streams of events: appending, and looking at what they add up to."""

from functools import partial
from uuid import uuid4

from scripts.suite.scale.scene import Act, Scene
from shared.streams.models import Append, Draft, Publication, Stream

EVENTS = 150
BUS = Publication("ORDERING", ("SMP",))


def appended(scene: Scene) -> Act:
    stream = _begun(scene)
    return partial(scene.instance().event_store.append, stream, _append(stream, 1))


def known(scene: Scene) -> Act:
    stream, store = _stream(), scene.instance().event_store
    store.append(stream, _append(stream, 0))
    return partial(store.append, stream, _append(stream, 1))


def personal(scene: Scene) -> Act:
    stream = _begun(scene)
    return partial(scene.instance().event_store.append, stream, _append(stream, 1, ("email",)))


def published(scene: Scene) -> Act:
    stream = _begun(scene)
    append = _append(stream, 1, publish=BUS)
    return partial(scene.instance().event_store.append, stream, append)


def repeated(scene: Scene) -> Act:
    stream = _stream()
    append = _append(stream, 0)
    scene.instance().event_store.append(stream, append)
    return partial(scene.instance().event_store.append, stream, append)


def rebuilt(scene: Scene) -> Act:
    return partial(scene.instance().event_store.state, _long(scene))


def state(scene: Scene) -> Act:
    stream = _long(scene)
    scene.instance().event_store.state(stream)
    return partial(scene.instance().event_store.state, stream)


def _long(scene: Scene) -> Stream:
    stream, store = _stream(), scene.instance().event_store
    for expected in range(0, EVENTS, 50):
        store.append(stream, _append(stream, expected, count=50))
    return stream


def _begun(scene: Scene) -> Stream:
    """With a first event whose subject has a key already."""
    stream = _stream()
    scene.instance().event_store.append(stream, _append(stream, 0, ("email",)))
    return stream


def _stream() -> Stream:
    return Stream("scale", f"order-{uuid4().hex}")


def _append(
    stream: Stream,
    expected: int,
    names: tuple[str, ...] = (),
    count: int = 1,
    publish: Publication | None = None,
) -> Append:
    data = {"status": "open", "amount": 450, "email": "somebody@example.org"}
    drafts = [Draft("order_changed", data, 1, names)] * count
    return Append(uuid4().hex, expected, drafts, stream.stream_id, publish)
