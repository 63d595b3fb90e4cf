"""Calls to addresses that others gave us: to the open internet alone, within a time, cut short.

A name is resolved once for each call; every address it has must be public, and the connection goes
to one that was looked at, under the name's certificate. Redirects are not followed, and proxies of
the environment not asked.
"""

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from ssl import SSLContext, SSLError
from typing import NamedTuple

import urllib3

from shared.platform.addresses import BlockedAddress, Target, is_number, is_public, read_target
from shared.platform.deadlines import Deadlines
from shared.platform.lines import Connection, Idle, connection, trusted

TOTAL_SECONDS = 15.0
LOOKUP_SECONDS = 4.0
LOOKUPS_AT_ONCE = 32
MOST_BYTES = 16 * 1024
Resolve = Callable[[str, int], Sequence[str]]


class Unreachable(Exception):
    """No answer came; says why in one word."""


class Answer(NamedTuple):
    """What came back; of the body no more than `MOST_BYTES`."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address that a name has now; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """A client for addresses that are not ours. `loopback_ports` are those of local runs."""

    def __init__(
        self,
        loopback_ports: range = range(0),
        resolve: Resolve = resolved,
        allowed: Callable[[str], bool] = is_public,
        context: Callable[[], SSLContext] = trusted,
    ) -> None:
        self._loopback_ports = loopback_ports
        self._resolve = resolve
        self._allowed = allowed
        self._context = context
        self._idle = Idle()
        self._deadlines = Deadlines()
        self._lookups = ThreadPoolExecutor(LOOKUPS_AT_ONCE, "lookup")

    def refuse(self, url: str) -> None:
        """Raises BlockedAddress for what could not be called now.

        A name that nobody knows yet passes: it is looked at again with each call.
        """
        target = read_target(url, self._loopback_ports)
        with suppress(Unreachable):
            self._address(target)

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], seconds: float = TOTAL_SECONDS
    ) -> Answer:
        """Raises BlockedAddress, or Unreachable when no answer began within `seconds`."""
        until = time.monotonic() + seconds
        target = read_target(url, self._loopback_ports)
        line = self._line(target, self._address(target), until)
        sent = {"Host": target.authority, "Accept-Encoding": "identity", **headers}
        try:
            # Time-outs of a socket begin anew with each byte, and one can be sent at a time.
            with self._deadlines.after(until - time.monotonic(), line.cut):
                answer, whole = _exchanged(line, target.path, body, sent)
        except (OSError, HTTPException, urllib3.exceptions.HTTPError) as failure:
            line.close()
            raise Unreachable("timeout" if line.is_cut else _cause(failure)) from failure
        if whole:
            self._idle.keep(line)
        else:
            line.close()
        return answer

    def _address(self, target: Target) -> str:
        """The one to connect to, of addresses that may all be called."""
        if target.scheme == "http" or is_number(target.host):
            return target.host
        try:
            lookup = self._lookups.submit(self._resolve, target.host, target.port)
            found = lookup.result(LOOKUP_SECONDS)
        except (OSError, UnicodeError) as failure:
            raise Unreachable("dns") from failure
        if not found:
            raise Unreachable("dns")
        if not all(map(self._allowed, found)):
            raise BlockedAddress("private_address")
        return found[0]

    def _line(self, target: Target, address: str, until: float) -> Connection:
        key = (target.scheme, target.host, target.port, address)
        context = self._context() if target.scheme == "https" else None
        return self._idle.take(key) or connection(key, context, max(until - time.monotonic(), 0.1))


def _exchanged(
    line: Connection, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[Answer, bool]:
    """The answer, and whether it was read to its end."""
    line.request("POST", path, body, headers, preload_content=False, decode_content=False)
    response = line.getresponse()
    if line.is_cut:  # where a line is cut, what there is of the headers passes for all
        raise TimeoutError
    answer = Answer(response.status, response.headers, _beginning(response))
    return answer, response.closed


def _beginning(response: urllib3.HTTPResponse) -> bytes:
    """As much of the body as is kept. The status was said: what becomes of the rest is moot."""
    text = b""
    with suppress(OSError, HTTPException, urllib3.exceptions.HTTPError):
        while len(text) < MOST_BYTES and (more := response.read1(MOST_BYTES - len(text))):
            text += more
    return text


def _cause(failure: Exception) -> str:
    if isinstance(failure, urllib3.exceptions.NewConnectionError):  # a kind of time-out, it says
        return "connection"
    if isinstance(failure, TimeoutError | urllib3.exceptions.TimeoutError):
        return "timeout"
    if isinstance(failure, SSLError | urllib3.exceptions.SSLError):
        return "tls"
    return "connection"
