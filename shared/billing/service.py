"""Use cases of billing: publish what is due, refresh a page of it."""

from collections.abc import Callable, Mapping

from shared.billing.models import DuePage
from shared.billing.store import DueAccounts
from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable
from shared.platform.logs import log
from shared.tokens.service import Tokens

PAGE_SIZE = 200
Publish = Callable[[bytes], None]


class Billing:
    """The schedule only wakes idle accounts: whoever uses an account refreshes it first."""

    def __init__(self, due: DueAccounts, tokens: Tokens, publish: Publish, clock: Clock) -> None:
        self._due = due
        self._tokens = tokens
        self._publish = publish
        self._clock = clock

    def publish_due(self) -> int:
        """Publish every due account in pages; the number of accounts."""
        count = 0
        for ids in self._due.pages(self._clock(), PAGE_SIZE):
            self._publish(DuePage(account_ids=tuple(ids)).model_dump_json().encode())
            count += len(ids)
        return count

    def refresh_page(self, page: DuePage) -> Mapping[str, int]:
        """Refresh each account once; one that fails does not keep the others waiting.

        Raises DependencyUnavailable at the end when the store was not to be had, so that the page
        comes again; accounts that are done by then are found done.
        """
        outcomes = [self._refresh(account_id) for account_id in page.account_ids]
        if "unavailable" in outcomes:
            raise DependencyUnavailable(reason="page_incomplete")
        return {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}

    def _refresh(self, account_id: str) -> str:
        try:
            return "refreshed" if self._tokens.refresh(account_id) else "not_due"
        except DependencyUnavailable:
            return "unavailable"
        except (KeyError, ValueError, TypeError) as broken:
            log("ERROR", "account is broken", accountId=account_id, cause=type(broken).__name__)
            return "broken"
