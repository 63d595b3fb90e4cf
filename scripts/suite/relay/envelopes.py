"""What travels, as production sends it or as the emulators do."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.events.cloud.firestore import DocumentEventData

from scripts.suite.manifest import PUBSUB_PUBLISHED
from scripts.suite.relay.faults import Form

MOST_BYTES = 512 * 1024  # https://cloud.google.com/eventarc/docs/quotas
MICROSECOND = 1_000  # nanoseconds


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it came from an emulator; the names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """The trigger or the topic that it is for."""
        return self.path.rpartition("/")[2]

    @property
    def about_document(self) -> bool:
        return "ce-id" in self.headers

    @property
    def too_big(self) -> bool:
        """For Eventarc; the emulator sends whatever there is, in base64."""
        return self.about_document and len(self.body) * 3 // 4 > MOST_BYTES


def shaped(post: Post, form: Form) -> Post:
    """The same event, with the parts that `form` names as the emulators send them."""
    return _document(post, form) if post.about_document else _message(post, form)


def _document(post: Post, form: Form) -> Post:
    headers, raw = dict(post.headers), base64.b64decode(post.body)
    if not form.source:
        headers["ce-source"] = headers["ce-source"].replace("/projects/projects/", "/projects/")
    headers["ce-time"] = _written(_committed(raw), "seconds" if form.time else "microseconds")
    return Post(post.path, headers, post.body if form.body else raw)


def _committed(raw: bytes) -> datetime:
    """When it was written; of a deletion the earliest that it can have been.

    The emulator dates an event by its dispatch, which may be after the next write.
    """
    event = DocumentEventData.pb().FromString(raw)
    if event.value.name:
        return _moment(event.value.update_time.ToNanoseconds())
    return _moment(event.old_value.update_time.ToNanoseconds() + MICROSECOND)


def _message(post: Post, form: Form) -> Post:
    """A push as it is, or as Eventarc has it sent: a CloudEvent."""
    if form.body:
        return post
    message = json.loads(post.body)["message"]
    about = {
        "ce-specversion": "1.0",
        "ce-id": message["messageId"],
        "ce-type": PUBSUB_PUBLISHED,
        "ce-source": f"//pubsub.googleapis.com{post.path}",
        "ce-time": message["publishTime"],
    }
    return Post(post.path, {**post.headers, **about}, post.body)


def _moment(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=nanoseconds // MICROSECOND)


def _written(moment: datetime, precision: str) -> str:
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
