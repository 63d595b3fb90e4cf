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


def where(failure: BaseException) -> list[str]:
    """What failed and where: the class, files and lines, never values."""
    found, trace = [], failure.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return [type(failure).__name__, *found[-8:]]


def _renamed(_: Any, __: str, event: EventDict) -> EventDict:
    event["message"] = event.pop("event")
    return event


def _dumps(event: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
