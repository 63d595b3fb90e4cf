"""`notifications/{id}`: who is sending what to whom, and what has become of it.

Whoever creates the document sends; the lease says until when nobody else may. A sender that died
leaves a lease that ends, so that the next delivery sends instead; one that is done says so.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from google.cloud import firestore

from shared.kernel.clock import Clock
from shared.notifications.models import Letter, Recipient
from shared.platform import firestore as db

# Longer than `notify_outbox` may run: nobody sends on a lease that has ended.
LEASE = timedelta(minutes=3)
# Deliveries come again for a day at most; Firestore drops what is older than this (TTL).
KEPT = timedelta(days=30)
PENDING, SENT, FAILED = "pending", "sent", "failed"


class Claim(Enum):
    """Mine to send, somebody's who is at it, or over."""

    MINE = auto()
    THEIRS = auto()
    OVER = auto()


class Notifications:
    """Each notice has one sender at a time, and is sent until that has succeeded once."""

    def __init__(self, client: firestore.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def claim(self, notice_id: str, letter: Letter, channel: str, recipient: Recipient) -> Claim:
        now = self._clock()
        document = {
            "occasion": letter.occasion,
            "accountId": letter.account_id,
            "userId": recipient.user_id,
            "channel": channel,
            "status": PENDING,
            "attempts": 1,
            "leaseUntil": now + LEASE,
            "expiresAt": now + KEPT,
        }
        if db.create(self._notification(notice_id), document):
            return Claim.MINE
        return self._again(notice_id, now)

    def sent(self, notice_id: str) -> None:
        self._set(notice_id, {"status": SENT, "sentAt": self._clock()})

    def failed(self, notice_id: str, cause: str) -> None:
        self._set(notice_id, {"status": FAILED, "cause": cause})

    def release(self, notice_id: str, cause: str) -> None:
        """Not sent, as far as anybody knows: the next delivery need not wait for the lease."""
        self._set(notice_id, {"leaseUntil": self._clock(), "cause": cause})

    def _again(self, notice_id: str, now: datetime) -> Claim:
        found = db.read(self._notification(notice_id))
        if found is None:
            return Claim.THEIRS
        row, updated = found
        if row["status"] != PENDING:
            return Claim.OVER
        if now < row["leaseUntil"]:
            return Claim.THEIRS
        return self._taken_over(notice_id, row["attempts"] + 1, updated)

    def _taken_over(self, notice_id: str, attempts: int, updated: datetime) -> Claim:
        batch = self._client.batch()
        fields = {"attempts": attempts, "leaseUntil": self._clock() + LEASE}
        option = self._client.write_option(last_update_time=updated)
        batch.update(self._notification(notice_id), fields, option=option)
        try:
            db.commit(batch)
        except db.ChangedMeanwhile:
            return Claim.THEIRS
        return Claim.MINE

    def _set(self, notice_id: str, fields: db.Document) -> None:
        with db.bounded():
            self._notification(notice_id).update(
                fields, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS
            )

    def _notification(self, notice_id: str) -> firestore.DocumentReference:
        return self._client.collection("notifications").document(notice_id)
