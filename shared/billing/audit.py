"""Use cases of the nightly audit: publish all accounts in pages, hold a page to its ledgers."""

from collections.abc import Callable, Sequence

from shared.billing.models import AuditPage
from shared.billing.store import AllAccounts
from shared.kernel.clock import Clock
from shared.tokens.reconcile import Finding, Reconciler

PAGE_SIZE = 100
Publish = Callable[[bytes], None]


class Audit:
    """Every account is audited once a night; a page that comes twice finds the same."""

    def __init__(
        self, accounts: AllAccounts, reconciler: Reconciler, publish: Publish, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._reconciler = reconciler
        self._publish = publish
        self._clock = clock

    def publish_all(self) -> int:
        """Publish every account in pages; the number of accounts."""
        count, occasion = 0, self._clock().date().isoformat()
        for ids in self._accounts.pages(PAGE_SIZE):
            page = AuditPage(account_ids=tuple(ids), occasion=occasion)
            self._publish(page.model_dump_json().encode())
            count += len(ids)
        return count

    def audit_page(self, page: AuditPage) -> Sequence[Finding]:
        return self._reconciler.page(page.account_ids, page.occasion)
