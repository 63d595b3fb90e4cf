"""An account as it was seen, and what one commit is to make of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from shared.auth.chain import Act
from shared.tokens import documents
from shared.tokens.models import Account, Usage
from shared.tokens.rows import Message, Row

Acts = Sequence[tuple[Act, datetime]]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Seen(NamedTuple):
    """An account, and the update time that a commit must find unchanged; none for no account.

    `stored` is the document as it stands, so that only what differs from it is written.
    """

    account: Account | None
    updated: Any
    stored: Mapping[str, Any] = NOTHING

    @property
    def untouched(self) -> bool:
        """Whether a registration opened it, and nothing has happened to it since."""
        account = self.account
        opened = account and self.stored.get(documents.OPENED_BY)
        return bool(opened and account and not (account.seq or account.extra or account.total_used))


class Save(NamedTuple):
    """All that a commit writes of one account. `marks` are its rows' fingerprints.

    `told` is for the audit, beside what its rows say of the plan.
    """

    seen: Seen
    account: Account
    rows: Sequence[Row]
    marks: Sequence[str]
    messages: Sequence[Message] = ()
    days: Sequence[Usage] = ()
    told: Acts = ()
