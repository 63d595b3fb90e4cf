"""A server that does with each connection just what a test says, well-mannered or not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from tests.sink import PORTS

Behave = Callable[[socket.socket], None]


class Rude(NamedTuple):
    """`connections` counts those that came."""

    port: int
    connections: list[int]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def behaving(behave: Behave, ports: range = PORTS) -> Iterator[Rude]:
    listener = _listener(ports)
    rude = Rude(listener.getsockname()[1], [])
    threading.Thread(target=_serve, args=(listener, behave, rude), daemon=True).start()
    yield rude
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _listener(ports: range) -> socket.socket:
    for port in ports:
        listener = socket.socket()
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        listener.listen(16)
        return listener
    raise OSError("no port is free")


def _serve(listener: socket.socket, behave: Behave, rude: Rude) -> None:
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            rude.connections.append(len(rude.connections))
            threading.Thread(target=_behave, args=(line, behave), daemon=True).start()


def _behave(line: socket.socket, behave: Behave) -> None:
    with line, suppress(OSError):
        behave(line)


def read_request(line: socket.socket) -> bytes:
    """To the end of a small body that says its length."""
    text = b""
    while b"\r\n\r\n" not in text or len(text.partition(b"\r\n\r\n")[2]) < _length(text):
        more = line.recv(65536)
        if not more:
            break
        text += more
    return text


def _length(text: bytes) -> int:
    for header in text.lower().split(b"\r\n"):
        if header.startswith(b"content-length:"):
            return int(header.partition(b":")[2])
    return 0
