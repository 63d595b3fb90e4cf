"""Logs: one JSON object a line on stdout, as Cloud Logging parses it."""

import functools
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict


@functools.cache
def _configured() -> bool:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _renamed,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return True


def log(severity: str, message: str, **fields: Any) -> None:
    """Write one line; `severity` is Cloud Logging's (INFO, WARNING, ERROR)."""
    _configured()
    structlog.get_logger().msg(message, severity=severity, **fields)


def _renamed(_: Any, __: str, event: EventDict) -> EventDict:
    event["message"] = event.pop("event")
    return event


def _dumps(event: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
