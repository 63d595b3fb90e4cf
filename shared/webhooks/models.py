"""Endpoints, what is due to them, and what became of each attempt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id

PENDING, HELD, DELIVERED, DEAD = "pending", "held", "delivered", "dead"
EVERY_TYPE = "*"


class Secret(NamedTuple):
    """What deliveries are signed with; `until` where another has taken its place."""

    text: str
    until: datetime | None = None

    def __repr__(self) -> str:
        return f"Secret(until={self.until})"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a tenant wants to be told. `disabled` says why it is not, in one word.

    `ordered`: events of one subject one after the other, in the order in which they were recorded.
    `open_until`: the circuit breaker lets nothing through before, and then a single probe; `trips`
    is how often in a row it has opened.
    """

    webhook_id: str
    tenant_id: str
    url: str
    event_types: Sequence[str]
    description: str
    ordered: bool
    created_at: datetime
    updated_at: datetime
    secrets: Sequence[Secret]
    disabled: str | None = None
    open_until: datetime | None = None
    trips: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint.

    Whoever attempts it moves `next_attempt_at` ahead first: until then nobody else does, and from
    then on somebody must, whatever became of the first.
    """

    delivery_id: str
    webhook_id: str
    tenant_id: str
    event_id: str
    event_type: str
    subject: str | None
    recorded_at: datetime
    status: str
    attempts: int
    next_attempt_at: datetime | None
    cause: str = ""


class Outcome(NamedTuple):
    """What an endpoint made of a request. `cause` is empty where it took it."""

    cause: str
    status_code: int | None = None
    retry_after: float | None = None
    response: str = ""

    @property
    def taken(self) -> bool:
        return not self.cause


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to an endpoint, and what came of it."""

    attempt_id: str
    webhook_id: str
    tenant_id: str
    event_id: str
    event_type: str
    number: int
    at: datetime
    took_ms: int
    outcome: Outcome
    next_attempt_at: datetime | None


class Poster(Protocol):
    """Sends a body to an address of the outside."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Never raises for what the other side does."""

    def refuse(self, url: str) -> None:
        """Raises ValidationFailed for an address that may not be called."""


class Signer(Protocol):
    """Makes the headers by which the receiver knows who sends."""

    def headers(
        self, message_id: str, at: datetime, body: str, secrets: Sequence[str]
    ) -> Mapping[str, str]:
        """One signature for each secret."""


class Secrets(Protocol):
    """Keeps signing secrets from whoever reads the store."""

    def seal(self, webhook_id: str, tenant_id: str, text: str) -> str: ...

    def open(self, webhook_id: str, tenant_id: str, sealed: str) -> str | None:
        """None for what was not sealed for this endpoint, or whose key is destroyed."""

    def renewed(self, webhook_id: str, tenant_id: str, sealed: str) -> str:
        """Under the newest key; the same text where it is so already, or does not open."""


def new_webhook_id(tenant_id: str) -> str:
    return f"wh_{new_id()}.{tenant_id}"


def tenant_of(webhook_id: str) -> str:
    """The tenant in an endpoint's id; raises NotFound where there is none."""
    tenant = webhook_id.partition(".")[2]
    if not tenant:
        raise NotFound(reason="webhook_id")
    return tenant
