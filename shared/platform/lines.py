"""Connections to one address under the name of a host, kept for a while between two calls."""

import functools
import socket
import ssl
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection

MOST_IDLE = 64
IDLE_SECONDS = 30.0
Key = tuple[str, str, int, str]
"""Scheme, host, port and the address that the host had."""


class _Cuttable(HTTPConnection):
    """One that another thread can end, whatever it waits for, a handshake included."""

    key: Key
    idle_since = 0.0
    is_cut = False

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        # TLS takes the socket over and keeps it to itself until its handshake is through.
        self._handle = made.dup()
        if self.is_cut:
            made.close()
            raise TimeoutError
        return made

    def cut(self) -> None:
        self.is_cut = True
        with suppress(OSError, AttributeError):
            self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        with suppress(AttributeError):
            self._handle.close()


class _Secure(_Cuttable, HTTPSConnection):
    pass


Connection = _Cuttable


@functools.cache
def trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def connection(key: Key, context: ssl.SSLContext | None, seconds: float) -> Connection:
    """A new one, not yet opened; `context` where it is by TLS."""
    _, host, port, address = key
    made: Connection
    if context:
        made = _Secure(address, port, timeout=seconds, ssl_context=context, server_hostname=host)
    else:
        made = _Cuttable(address, port, timeout=seconds)
    made.key = key
    return made


class Idle:
    """Connections that wait for their next call: few, and not for long."""

    def __init__(self) -> None:
        self._waiting: deque[Connection] = deque()
        self._lock = threading.Lock()
        # Not by `__del__`: where garbage goes round in a circle, a socket's may come before ours.
        weakref.finalize(self, _close_all, self._waiting)

    def take(self, key: Key) -> Connection | None:
        """One to just this address that the other side has not ended."""
        while found := self._newest(key):
            if time.monotonic() - found.idle_since < IDLE_SECONDS and found.is_connected:
                return found
            found.close()
        return None

    def keep(self, line: Connection) -> None:
        line.idle_since = time.monotonic()
        with self._lock:
            self._waiting.append(line)
            oldest = self._waiting.popleft() if len(self._waiting) > MOST_IDLE else None
        if oldest:
            oldest.close()

    def _newest(self, key: Key) -> Connection | None:
        with self._lock:
            found = next((line for line in reversed(self._waiting) if line.key == key), None)
            if found:
                self._waiting.remove(found)
            return found


def _close_all(lines: Iterable[Connection]) -> None:
    for line in lines:
        line.close()
