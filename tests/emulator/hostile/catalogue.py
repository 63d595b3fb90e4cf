"""The catalogue of hostile inputs: its rows, and what each of them must come to."""

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from werkzeug.test import TestResponse

from tests.emulator.hostile.world import World
from tests.unit.entry.calls import code

# Every row of the catalogue; a row without a case fails, and so does a case without a row.
TOKENS = (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35)
CLAIMS = (37, 38, 40, 41, 43, 44, 46, 47, 49, 50, 52, 53, 55, 56, 58, 59)
SESSIONS = (61, 62, 64, 65, 67, 68, 70, 71, 73, 74, 76, 77, 79, 80, 82, 83)
KEYS = (85, 86, 88, 89, 91, 92, 94, 95, 97, 98, 100, 101, 103, 104)
CALLS = (106, 107, 109, 110, 112, 113, 115, 116, 118, 119, 121, 122, 124, 125, 127, 128)
STORES = (130, 131, 133, 134, 136, 137)
ROWS = (*TOKENS, *CLAIMS, *SESSIONS, *KEYS, *CALLS, *STORES)

Expected = tuple[int, str]
Send = Callable[[World], TestResponse | Expected]
WELL: Expected = (200, "")
INVALID: Expected = (400, "invalid-request")
ABSENT: Expected = (401, "missing-credentials")
BAD: Expected = (401, "invalid-credentials")
REVOKED: Expected = (401, "session-revoked")
FORBIDDEN: Expected = (403, "forbidden")
MISSING: Expected = (404, "not-found")
CONFLICT: Expected = (409, "conflict")
REFUSED: Expected = (422, "validation-error")
LARGE: Expected = (431, "headers-too-large")
AWAY: Expected = (503, "dependency-unavailable")


class Case(NamedTuple):
    """Something to send, and what must come of it; `reason` is what the log must give for it."""

    row: int
    name: str
    send: Send
    expected: Expected
    reason: str = ""


CASES: list[Case] = []


def case(row: int, expected: Expected, reason: str = "") -> Callable[[Send], Send]:
    """Declare one case; its function's name says what is sent."""

    def declare(send: Send) -> Send:
        CASES.append(Case(row, send.__name__, send, expected, reason))
        return send

    return declare


def each(row: int, expected: Expected, sends: Iterable[tuple[str, Send]], reason: str = "") -> None:
    """Declare several cases that come to the same."""
    CASES.extend(Case(row, name, send, expected, reason) for name, send in sends)


def judged(answer: TestResponse | Expected) -> Expected:
    """What an answer is; a problem must be whole, and a 401 must say what it asks for."""
    if isinstance(answer, tuple):
        return answer
    if answer.status_code < 400:
        return answer.status_code, ""
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"]
    return code(answer)


def lines_of(log: str) -> list[dict[str, Any]]:
    """The log lines about requests; whatever was sent, each is one whole JSON object."""
    found = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [line for line in found if line.get("message") == "request"]


def plain(**environ: str) -> Send:
    """A call of no body, with just this in its environment."""
    return lambda world: world.raw(**environ)
