"""What a handler gets of a request, and what it may answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from shared.auth.models import Caller
from shared.entry.wire import Wire
from shared.kernel.errors import InvalidRequest
from shared.kernel.ids import is_safe_id

B = TypeVar("B", bound=Wire)
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """A request that passed every check: its input, the ids in its path, and its caller."""

    input: B
    path: Mapping[str, str]
    caller: Caller
    headers: Mapping[str, str]  # by their titled names, as WSGI gives them

    @property
    def idempotency_key(self) -> str:
        key = self.headers.get("Idempotency-Key", "")
        if not IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidRequest(
                "Idempotency-Key: 1 to 128 printable characters are required.", reason="key"
            )
        return key

    @property
    def tenant_header(self) -> str | None:
        tenant = self.headers.get("X-Tenant-Id") or None
        if tenant and not is_safe_id(tenant):
            raise InvalidRequest("X-Tenant-Id is not valid.", reason="unsafe_id")
        return tenant


class Letter(NamedTuple):
    """A request from outside, as it came: its handler judges by it who sent it."""

    body: bytes
    headers: Mapping[str, str]


class Reply(NamedTuple):
    """An answer with headers of its own."""

    body: Wire | None
    headers: Mapping[str, str] = {}


class Page(NamedTuple):
    """Something to read, with headers of its own."""

    content: bytes
    headers: Mapping[str, str] = {}


def replayed(body: Wire, replay: bool) -> Reply:
    """The first answer again, and the header that says so."""
    return Reply(body, {"Idempotent-Replayed": "true"} if replay else {})
