"""The webhook calls: a tenant's endpoints, their secrets, and what was sent to them."""

from typing import Any

from functions.events.area import area
from functions.events.webhook_schemas import (
    AttemptPage,
    AttemptView,
    RecoverAnswer,
    RecoverRequest,
    RotateAnswer,
    WebhookChange,
    WebhookPage,
    WebhookRequest,
    WebhookView,
    WebhookWithSecret,
)
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing, PageQuery
from shared.kernel.pages import page_of
from shared.webhooks.models import Attempt, Endpoint, tenant_of
from shared.webhooks.service import Draft
from shared.wiring import Wiring

WRITE = "events:webhook:write"


@area.route("POST", "/webhooks", WebhookRequest, WebhookWithSecret, status=201)
def register(call: Call[WebhookRequest], wiring: Wiring) -> WebhookWithSecret:
    made = wiring.webhooks.register(_tenant(call, wiring), Draft(**dict(call.input)))
    return WebhookWithSecret(**dict(_view(made)), secret=made.secrets[0].text)


@area.route("GET", "/webhooks", PageQuery, WebhookPage)
def webhooks(call: Call[PageQuery], wiring: Wiring) -> WebhookPage:
    tenant = _tenant(call, wiring)
    found = {endpoint.webhook_id: endpoint for endpoint in wiring.webhooks.of(tenant)}
    page = page_of(found, f"webhooks:{tenant}", call.input.limit, call.input.cursor)
    return WebhookPage(items=tuple(map(_view, page.items)), next_cursor=page.next_cursor)


@area.route("GET", "/webhooks/<webhook_id>", Nothing, WebhookView)
def webhook(call: Call[Nothing], wiring: Wiring) -> WebhookView:
    return _view(wiring.webhooks.get(_own(call, wiring)))


@area.route("PATCH", "/webhooks/<webhook_id>", WebhookChange, WebhookView)
def change(call: Call[WebhookChange], wiring: Wiring) -> WebhookView:
    return _view(wiring.webhooks.change(_own(call, wiring), Draft(**dict(call.input))))


@area.route("DELETE", "/webhooks/<webhook_id>", Nothing, None, status=204)
def remove(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.webhooks.remove(_own(call, wiring))
    return Reply(None)


@area.route("POST", "/webhooks/<webhook_id>/rotate-secret", Nothing, RotateAnswer)
def rotate(call: Call[Nothing], wiring: Wiring) -> RotateAnswer:
    after = wiring.webhooks.rotate(_own(call, wiring))
    new, *previous = after.secrets
    ends = previous[0].until if previous else None
    return RotateAnswer(
        webhook_id=after.webhook_id, secret=new.text, previous_secret_expires_at=ends
    )


@area.route("POST", "/webhooks/<webhook_id>/recover", RecoverRequest, RecoverAnswer, status=202)
def recover(call: Call[RecoverRequest], wiring: Wiring) -> RecoverAnswer:
    webhook_id = _own(call, wiring)
    count = wiring.webhooks.recover(webhook_id, call.input.since)
    return RecoverAnswer(webhook_id=webhook_id, count=count)


@area.route("POST", "/webhooks/<webhook_id>/test", Nothing, AttemptView)
def test(call: Call[Nothing], wiring: Wiring) -> AttemptView:
    return _attempt(wiring.webhooks.test(_own(call, wiring)))


@area.route("GET", "/webhooks/<webhook_id>/attempts", PageQuery, AttemptPage)
def attempts(call: Call[PageQuery], wiring: Wiring) -> AttemptPage:
    endpoint = wiring.webhooks.get(_own(call, wiring))
    page = wiring.webhooks.attempts(endpoint.webhook_id, call.input.limit, call.input.cursor)
    return AttemptPage(items=tuple(map(_attempt, page.items)), next_cursor=page.next_cursor)


def _tenant(call: Call[Any], wiring: Wiring) -> str:
    tenant = wiring.auth.tenant_of(call.caller, call.tenant_header)
    wiring.auth.require(call.caller, WRITE, tenant)
    return tenant


def _own(call: Call[Any], wiring: Wiring) -> str:
    """The endpoint in the path; another tenant's is not there."""
    webhook_id = call.path["webhook_id"]
    wiring.auth.require(call.caller, WRITE, tenant_of(webhook_id))
    return webhook_id


def _view(endpoint: Endpoint) -> WebhookView:
    return WebhookView(
        webhook_id=endpoint.webhook_id,
        tenant_id=endpoint.tenant_id,
        url=endpoint.url,
        event_types=tuple(endpoint.event_types),
        description=endpoint.description,
        ordered=endpoint.ordered,
        enabled=endpoint.disabled is None,
        disabled_cause=endpoint.disabled,
        paused_until=endpoint.open_until,
        created_at=endpoint.created_at,
        updated_at=endpoint.updated_at,
    )


def _attempt(attempt: Attempt) -> AttemptView:
    return AttemptView(
        attempt_id=attempt.attempt_id,
        webhook_id=attempt.webhook_id,
        event_id=attempt.event_id,
        event_type=attempt.event_type,
        attempt=attempt.number,
        delivered=attempt.outcome.taken,
        status_code=attempt.outcome.status_code,
        cause=attempt.outcome.cause or None,
        response=attempt.outcome.response,
        duration_ms=attempt.took_ms,
        attempted_at=attempt.at,
        next_attempt_at=attempt.next_attempt_at,
    )
