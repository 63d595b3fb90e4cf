"""Pages of accounts, from Pub/Sub: due ones, and those to audit."""

from shared.billing.models import AuditPage, DuePage
from shared.entry.pubsub import Message, pubsub_message
from shared.wiring import Wiring


@pubsub_message
def refresh_accounts(message: Message, wiring: Wiring) -> None:
    wiring.billing.refresh_page(message.read(DuePage))


@pubsub_message
def reconcile_accounts(message: Message, wiring: Wiring) -> None:
    wiring.audit.audit_page(message.read(AuditPage))
