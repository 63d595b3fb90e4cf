"""Webhooks as Stripe sends them: signed, again until they are taken, in no promised order."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from scripts.suite.http import NoAnswer, call

ATTEMPTS = 8
PATIENCE_SECONDS = 60


def signed(body: bytes, secret: str, moment: int | None = None) -> str:
    """The value of `Stripe-Signature`."""
    stamp = int(time.time()) if moment is None else moment
    made = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256)
    return f"t={stamp},v1={made.hexdigest()}"


class Messenger:
    """Sends events to one address; to nobody where there is none."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def deliver(self, events: Sequence[dict[str, Any]]) -> None:
        """Each until it is taken, behind the caller's back."""
        for event in events if self._url else ():
            threading.Thread(target=self._insist, args=(event,), daemon=True).start()

    def send(self, event: dict[str, Any]) -> int:
        """Once; the status of the answer, 0 for none."""
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": signed(body, self._secret)}
        try:
            return call("POST", self._url, body, PATIENCE_SECONDS, headers)[0]
        except NoAnswer:
            return 0

    def _insist(self, event: dict[str, Any]) -> None:
        for attempt in range(ATTEMPTS):
            status = self.send(event)
            print(f"{event['type']} {event['id']}: {status}", flush=True)
            if 200 <= status < 300:
                return
            time.sleep(min(2**attempt, 30))
