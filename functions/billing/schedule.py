"""What billing does by the clock."""

from shared.entry.schedule import Published, scheduled
from shared.wiring import Wiring


@scheduled
def refresh_billing_cycles(wiring: Wiring) -> Published:
    return Published(published=wiring.billing.publish_due())


@scheduled
def reconcile_ledgers(wiring: Wiring) -> Published:
    return Published(published=wiring.audit.publish_all())
