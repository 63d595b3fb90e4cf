"""What travels, as production sends it or as the emulators do."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from scripts.suite.manifest import PUBSUB_PUBLISHED
from scripts.suite.relay.faults import Form

MOST_BYTES = 512 * 1024  # https://cloud.google.com/eventarc/docs/quotas


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it came from an emulator; the names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime

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
    headers = dict(post.headers)
    if not form.source:
        headers["ce-source"] = headers["ce-source"].replace("/projects/projects/", "/projects/")
    if not form.time:
        headers["ce-time"] = _written(post.at)
    body = post.body if form.body else base64.b64decode(post.body)
    return Post(post.path, headers, body, post.at)


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
    return Post(post.path, {**post.headers, **about}, post.body, post.at)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
