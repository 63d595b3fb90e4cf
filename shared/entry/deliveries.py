"""Events from the platform: what every delivery has, and what its outcome does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from cloudevents.http import CloudEvent

from shared.kernel.errors import Problem
from shared.platform.logs import log


class BadEvent(Exception):
    """No delivery of this event can ever succeed."""


def moment(text: object) -> datetime:
    """An aware time from RFC 3339; raises BadEvent for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as bad:
        raise BadEvent("not a time") from bad
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def delivery(function: str, event: CloudEvent, traceparent: str = "") -> Iterator[None]:
    """Log one line. What can never succeed is acknowledged; all else is raised, to come again."""
    started = time.perf_counter()
    outcome, reason = "done", ""
    try:
        yield
    except BadEvent as bad:
        outcome, reason = "bad_event", str(bad)
    except Problem as problem:
        outcome, reason = _outcome(problem), problem.reason or problem.code
        if problem.status >= 500:
            raise
    except Exception as failure:
        outcome, reason = "failed", type(failure).__name__
        raise
    finally:
        _log(function, event, outcome, reason, traceparent, started)


def is_final(failure: Exception) -> bool:
    """Whether it is acknowledged: another delivery would meet it again."""
    return isinstance(failure, BadEvent) or (isinstance(failure, Problem) and failure.status < 500)


def _outcome(problem: Problem) -> str:
    return "failed" if problem.status >= 500 else "refused"


def _log(
    function: str, event: CloudEvent, outcome: str, reason: str, traceparent: str, started: float
) -> None:
    log(
        {"done": "INFO", "failed": "ERROR"}.get(outcome, "WARNING"),
        "event",
        function=function,
        eventId=event["id"],
        outcome=outcome,
        reason=reason,
        ms=round((time.perf_counter() - started) * 1000, 1),
        traceparent=traceparent or None,
    )
