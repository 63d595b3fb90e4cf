"""What billing does by the clock."""

from functions.billing.schemas import DueAnswer
from shared.entry.schedule import scheduled
from shared.wiring import Wiring


@scheduled
def refresh_billing_cycles(wiring: Wiring) -> DueAnswer:
    return DueAnswer(published=wiring.billing.publish_due())


@scheduled
def reconcile_ledgers(wiring: Wiring) -> DueAnswer:
    return DueAnswer(published=wiring.audit.publish_all())
