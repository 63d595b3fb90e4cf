"""Use case of notifications: tell everybody whom a message concerns, each of them once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

from shared.auth.contacts import Contacts
from shared.auth.models import Contact
from shared.kernel.errors import DependencyUnavailable
from shared.notifications import rules
from shared.notifications.models import AddressGone, Letter, Recipient, Sender, Undeliverable
from shared.notifications.store import Claim, Notifications
from shared.platform.logs import log

CHANNELS = 2


class Notifier:
    """Sends by every channel there is. A letter that comes again goes to whom it has not reached.

    A crash after a send and before that is noted sends again, under the same id.
    """

    def __init__(
        self, contacts: Contacts, notifications: Notifications, senders: Sequence[Sender]
    ) -> None:
        self._contacts = contacts
        self._notifications = notifications
        self._senders = senders

    def deliver(self, letter: Letter) -> None:
        """Raises DependencyUnavailable when somebody was not reached; one does not stop another.

        No channel waits for another, which may keep all of its calls until the function's time
        is over.
        """
        by_channel = partial(self._unsent, letter, self._concerned(letter.account_id))
        with ThreadPoolExecutor(CHANNELS) as threads:
            failures = list(chain.from_iterable(threads.map(by_channel, self._senders)))
        if failures:
            raise DependencyUnavailable(reason=f"{len(failures)} unsent: {failures[0]}")

    def _unsent(self, letter: Letter, contacts: Sequence[Contact], sender: Sender) -> list[str]:
        """For each whom it did not reach, why it has to come again."""
        recipients = (r for contact in contacts for r in rules.recipients(contact, sender.channel))
        tried = (self._tried(sender, letter, recipient) for recipient in recipients)
        return [failure for failure in tried if failure]

    def _concerned(self, account_id: str) -> Sequence[Contact]:
        if not self._senders:
            return []
        tenant_id = rules.organization(account_id)
        if tenant_id:
            return self._contacts.of_tenant(tenant_id)
        return self._contacts.of_users([account_id])

    def _tried(self, sender: Sender, letter: Letter, recipient: Recipient) -> str:
        """Why it has to come again; empty when it need not."""
        try:
            self._once(sender, letter, recipient)
        except DependencyUnavailable as failure:
            return failure.reason
        return ""

    def _once(self, sender: Sender, letter: Letter, recipient: Recipient) -> None:
        notice = rules.notice(letter, sender.channel, recipient)
        claim = self._notifications.claim(notice.notice_id, letter, sender.channel, recipient)
        if claim is Claim.THEIRS:
            raise DependencyUnavailable(reason="being sent")
        if claim is Claim.OVER:
            return
        try:
            sender.send(recipient.address, notice)
        except DependencyUnavailable as failure:
            self._notifications.release(notice.notice_id, failure.reason)
            raise
        except Undeliverable as refusal:
            self._give_up(notice.notice_id, recipient, refusal)
        else:
            self._notifications.sent(notice.notice_id)

    def _give_up(self, notice_id: str, recipient: Recipient, refusal: Undeliverable) -> None:
        if isinstance(refusal, AddressGone):
            self._contacts.drop_push_token(recipient.user_id, recipient.address)
        self._notifications.failed(notice_id, str(refusal))
        log("WARNING", "undeliverable", notification=notice_id, cause=str(refusal))
