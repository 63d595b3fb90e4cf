"""What billing is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.auth import AuthWiring

if TYPE_CHECKING:
    from shared.billing.admin import AccountAdmin
    from shared.billing.audit import Audit
    from shared.billing.quotas import Quotas
    from shared.billing.service import Billing
    from shared.billing.shop import Shop


class BillingWiring(AuthWiring):
    @functools.cached_property
    def billing(self) -> "Billing":
        from shared.billing.service import Billing
        from shared.billing.store import DueAccounts

        publish = functools.partial(self.publish, "billing-refresh")
        return Billing(DueAccounts(self.hub), self.renewal, publish, self.clock)

    @functools.cached_property
    def shop(self) -> "Shop":
        from shared.billing.shop import Shop

        return Shop(self.hub, self.settings, self.auth, self.tokens, self.clock)

    @functools.cached_property
    def audit(self) -> "Audit":
        from shared.billing.audit import Audit
        from shared.billing.store import AllAccounts

        publish = functools.partial(self.publish, "billing-audit")
        return Audit(AllAccounts(self.hub), self.reconciler, publish, self.clock)

    @functools.cached_property
    def account_admin(self) -> "AccountAdmin":
        from shared.billing.admin import AccountAdmin

        return AccountAdmin(self.auth, self.policy, self.clock)

    @functools.cached_property
    def quotas(self) -> "Quotas":
        from shared.billing.quotas import Quotas

        return Quotas(self.hub)
