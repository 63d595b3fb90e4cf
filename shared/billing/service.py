"""Use cases of billing: publish what is due, or all there is, and see to a page of it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from shared.billing.models import DuePage
from shared.billing.store import DueAccounts
from shared.kernel.clock import Clock
from shared.platform.logs import log
from shared.tokens.renewal import Outcome, Renewal, together

PAGE_SIZE = 1_000
A_COMMIT = 100
AT_ONCE = 4  # while the store works at some commits, others are decided
Publish = Callable[[bytes], None]


class Billing:
    """The schedule only wakes idle accounts: whoever uses an account refreshes it first."""

    def __init__(self, due: DueAccounts, renewal: Renewal, publish: Publish, clock: Clock) -> None:
        self._due = due
        self._renewal = renewal
        self._publish = publish
        self._clock = clock

    def publish_due(self) -> int:
        """Publish every due account in pages; the number of accounts."""
        count = 0
        for ids in self._due.pages(self._clock(), PAGE_SIZE):
            self._publish(DuePage(account_ids=tuple(ids)).model_dump_json().encode())
            count += len(ids)
        return count

    def refresh_page(self, page: DuePage) -> Outcome:
        """Refresh each account once; a broken one is logged and keeps no other waiting.

        Raises DependencyUnavailable when the store was not to be had, so that the page comes
        again; accounts that are done by then are found done.
        """
        with ThreadPoolExecutor(AT_ONCE) as threads:
            outcome = together(threads.map(self._renewal.refresh, _parts(page.account_ids)))
        for account_id in outcome.broken:
            log("ERROR", "account is broken", accountId=account_id)
        return outcome


def _parts(account_ids: Sequence[str]) -> list[Sequence[str]]:
    return [account_ids[at : at + A_COMMIT] for at in range(0, len(account_ids), A_COMMIT)]
