"""Scheduled functions: an HTTP call of the platform's scheduler, which may come twice."""

import functools
import time
from collections.abc import Callable

import functions_framework
from flask import Request, Response

from shared.entry.answers import answered, failed
from shared.entry.wire import Wire
from shared.kernel.errors import MethodNotAllowed, Problem
from shared.platform.logs import log, where
from shared.wiring import Wiring, wiring

Job = Callable[[Wiring], Wire]


class Published(Wire):
    """How much was handed to a queue, to be done there."""

    published: int


def scheduled(job: Job, wired: Callable[[], Wiring] = wiring) -> Callable[[Request], Response]:
    """The deployable function of a job. It answers with what the job did."""

    @functools.wraps(job)
    def run(request: Request) -> Response:
        started = time.perf_counter()
        try:
            if request.method != "POST":
                raise MethodNotAllowed(["POST"])
            response = answered(job(wired()), 200, {}, request)
        except Problem as problem:
            response = failed(problem, request)
        except Exception as failure:
            response = failed(failure, request)
            log("ERROR", "unexpected failure", function=job.__name__, exc=where(failure))
        _log(job.__name__, response, started)
        return response

    functions_framework.http(run)
    return run


def _log(name: str, response: Response, started: float) -> None:
    took = round((time.perf_counter() - started) * 1000, 1)
    severity = "INFO" if response.status_code < 500 else "ERROR"
    log(severity, "schedule", function=name, status=response.status_code, ms=took)
