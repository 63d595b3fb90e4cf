"""Logs: one JSON object a line on stdout, as Cloud Logging parses it."""

import sys
from typing import Any

import orjson

from shared.kernel.clock import rfc3339, utc_now


def log(severity: str, message: str, **fields: Any) -> None:
    """Write one line; `severity` is Cloud Logging's (INFO, WARNING, ERROR)."""
    line = {"severity": severity, **fields, "message": message, "time": rfc3339(utc_now())}
    sys.stdout.write(orjson.dumps(line, default=str).decode() + "\n")
    sys.stdout.flush()


def where(failure: BaseException) -> list[str]:
    """What failed and where: the class, files and lines, never values."""
    found, trace = [], failure.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return [type(failure).__name__, *found[-8:]]
