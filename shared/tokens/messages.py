"""What accounts have to tell, on its way: `outbox/{id}`, written in the commit that made it so.

A document holds `messages`, some together: a page of refreshed accounts costs a tenth of a write
for each of its confirmations. Its id is made of theirs, so no other commit writes over it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.kernel.ids import derived_id
from shared.tokens.models import Account
from shared.tokens.rows import Message

OUTBOX = "outbox/"
TOGETHER = 10  # as many are delivered at once, by one call of a function
Messages = Sequence[Mapping[str, Any]]


def message_map(account: Account, message: Message) -> dict[str, Any]:
    """`{occasion, eventType, accountId, payload, tenantId?}`; the occasion makes it one event."""
    told = {
        "occasion": message.message_id,
        "eventType": message.event_type,
        "accountId": account.account_id,
        "payload": dict(message.payload),
    }
    return told | {"tenantId": account.organization_id} if account.organization_id else told


def outbox_documents(messages: Messages) -> Iterator[tuple[str, dict[str, Any]]]:
    """Documents for them all, each with its path."""
    for at in range(0, len(messages), TOGETHER):
        some = messages[at : at + TOGETHER]
        path = OUTBOX + derived_id(*(message["occasion"] for message in some))
        yield path, {"messages": some}
