"""What the webhook calls take and give."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from functions.events.schemas import EventType
from shared.entry.wire import Moment, When, Wire
from shared.webhooks.models import EVERY_TYPE


def _distinct(types: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(types)) < len(types):
        raise ValueError("a type stands twice")
    return types


Types = Annotated[
    tuple[EventType | Annotated[str, Field(pattern=rf"^\{EVERY_TYPE}$")], ...],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
    Field(min_length=1, max_length=50),
    AfterValidator(_distinct),
]
Url = Annotated[str, Field(min_length=1, max_length=2048)]
Description = Annotated[str, Field(max_length=500)]


class WebhookRequest(Wire):
    url: Url
    event_types: Types
    description: Description = ""
    ordered: bool = False
    enabled: bool = True


class WebhookChange(Wire):
    url: Url | None = None
    event_types: Types | None = None
    description: Description | None = None
    ordered: bool | None = None
    enabled: bool | None = None


class WebhookView(Wire):
    webhook_id: str
    tenant_id: str
    url: str
    event_types: tuple[str, ...]
    description: str
    ordered: bool
    enabled: bool
    disabled_cause: str | None
    paused_until: Moment | None
    created_at: Moment
    updated_at: Moment


class WebhookWithSecret(WebhookView):
    secret: str


class RotateAnswer(Wire):
    webhook_id: str
    secret: str
    previous_secret_expires_at: Moment | None


class WebhookPage(Wire):
    items: tuple[WebhookView, ...]
    next_cursor: str | None


class RecoverRequest(Wire):
    """Without `since`, all that is missed."""

    since: When | None = None


class RecoverAnswer(Wire):
    webhook_id: str
    count: int


class AttemptView(Wire):
    attempt_id: str
    webhook_id: str
    event_id: str
    event_type: str
    attempt: int
    delivered: bool
    status_code: int | None
    cause: str | None
    response: str
    duration_ms: int
    attempted_at: Moment
    next_attempt_at: Moment | None


class AttemptPage(Wire):
    items: tuple[AttemptView, ...]
    next_cursor: str | None
