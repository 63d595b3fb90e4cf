"""The backbone's API as a product would call it, through the gateway."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from scripts.suite.emulators import HOSTING
from scripts.suite.http import call

PATIENCE_SECONDS = 120


class Answer(NamedTuple):
    status: int
    body: Any


class Api(NamedTuple):
    """Calls with one credential."""

    headers: Mapping[str, str]

    @classmethod
    def with_token(cls, token: str) -> "Api":
        return cls({"Authorization": f"Bearer {token}"})

    def get(self, path: str) -> Answer:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: object) -> Answer:
        """With an idempotency key of its own, as a client sends one for each intention."""
        return self._call("POST", path, body, {"Idempotency-Key": uuid4().hex})

    def pages(self, path: str) -> Iterator[Any]:
        """The items of a list, page after page."""
        page = self.get(path)
        yield from page.body["items"]
        while page.body["nextCursor"]:
            page = self.get(f"{path}&cursor={page.body['nextCursor']}")
            yield from page.body["items"]

    def _call(self, method: str, path: str, body: object, more: Mapping[str, str]) -> Answer:
        headers = {**self.headers, **more}
        status, raw = call(method, f"{HOSTING}/api/v1{path}", body, PATIENCE_SECONDS, headers)
        return Answer(status, json.loads(raw) if raw else None)
