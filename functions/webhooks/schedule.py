"""What webhooks do by the clock."""

from functions.webhooks.schemas import DueAnswer
from shared.entry.schedule import scheduled
from shared.wiring import Wiring


@scheduled
def retry_webhooks(wiring: Wiring) -> DueAnswer:
    return DueAnswer(published=wiring.webhook_retries.publish_due())
