"""What webhooks do by the clock."""

from shared.entry.schedule import Published, scheduled
from shared.wiring import Wiring


@scheduled
def retry_webhooks(wiring: Wiring) -> Published:
    return Published(published=wiring.webhook_retries.publish_due())
