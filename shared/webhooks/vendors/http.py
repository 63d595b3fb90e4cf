"""Requests to endpoints, by the guarded client."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from shared.kernel.clock import Clock
from shared.kernel.errors import FieldError, ValidationFailed
from shared.platform.addresses import BlockedAddress
from shared.platform.outbound import Answer, Outbound, Unreachable
from shared.webhooks.models import Outcome

KEPT_BYTES = 1024
MOST_DIGITS = 9


class HttpPoster:
    """Whatever is not 2xx is a failure; a redirect too, since it leads somewhere else."""

    def __init__(self, client: Outbound, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        try:
            answer = self._client.post(url, body, headers)
        except BlockedAddress as blocked:
            return Outcome(f"blocked_{blocked}")
        except Unreachable as failure:
            return Outcome(str(failure))
        return _outcome(answer, self._clock())

    def refuse(self, url: str) -> None:
        try:
            self._client.refuse(url)
        except BlockedAddress as blocked:
            raise ValidationFailed([FieldError("/url", f"blocked_{blocked}")]) from blocked


def _outcome(answer: Answer, now: datetime) -> Outcome:
    text = answer.body[:KEPT_BYTES].decode(errors="replace")
    if 200 <= answer.status < 300:
        return Outcome("", answer.status, response=text)
    wait = seconds_until(answer.headers.get("Retry-After", ""), now)
    return Outcome(f"http_{answer.status}", answer.status, wait, text)


def seconds_until(retry_after: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3), as seconds or a date; None for anything else."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:MOST_DIGITS])
    try:
        return (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
