"""What tokens is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.events import EventsWiring

if TYPE_CHECKING:
    from shared.tokens.archive import Archive
    from shared.tokens.history import History
    from shared.tokens.models import Policy
    from shared.tokens.outbox import Outbox
    from shared.tokens.reconcile import Reconciler
    from shared.tokens.renewal import Renewal
    from shared.tokens.service import Tokens
    from shared.tokens.store import Accounts


class TokensWiring(EventsWiring):
    @functools.cached_property
    def policy(self) -> "Policy":
        from shared.tokens.policy import policy

        return policy(self.settings)

    @functools.cached_property
    def accounts(self) -> "Accounts":
        from shared.tokens.store import Accounts

        return Accounts(self.hub)

    @functools.cached_property
    def tokens(self) -> "Tokens":
        from shared.tokens.desk import Desk
        from shared.tokens.service import Tokens

        desk = Desk(self.accounts, self.policy, self.clock)
        return Tokens(self.accounts, desk, self.policy, self.clock)

    @functools.cached_property
    def archive(self) -> "Archive":
        from shared.tokens.archive import Archive

        return Archive(self.hub)

    @functools.cached_property
    def history(self) -> "History":
        from shared.tokens.history import History

        return History(self.archive, self.clock)

    @functools.cached_property
    def renewal(self) -> "Renewal":
        from shared.tokens.renewal import Renewal

        return Renewal(self.accounts, self.policy, self.clock)

    @functools.cached_property
    def outbox(self) -> "Outbox":
        from shared.tokens.outbox import Outbox

        return Outbox(self.event_bus)

    @functools.cached_property
    def reconciler(self) -> "Reconciler":
        from shared.tokens.reconcile import Reconciler

        return Reconciler(self.accounts, self.archive, self.tokens)
