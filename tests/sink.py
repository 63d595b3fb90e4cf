"""A receiver of webhooks on loopback: it keeps what it is sent, and answers what it is told to.

Each has a path of its own: what is still on its way to others that had its port is not for it.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import NamedTuple
from uuid import uuid4

PORTS = range(9700, 9800)
Headers = Mapping[str, str]


class Received(NamedTuple):
    headers: Headers
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]


class Reply(NamedTuple):
    status: int = 200
    headers: Headers = MappingProxyType({})
    body: bytes = b"ok"


class Sink:
    """`answer` decides; what it raises ends the connection without a word."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Callable[[Received], Reply] = lambda _: Reply()
        self.path = f"/{uuid4().hex}"
        self.url = ""

    @property
    def ids(self) -> list[str]:
        return [received.message_id for received in self.received]

    def take(self, received: Received) -> Reply:
        self.received.append(received)
        return self.answer(received)

    def says(self, status: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda _: Reply(status, named)


@contextmanager
def listening() -> Iterator[Sink]:
    sink = Sink()
    server = _server(_handler(sink))
    sink.url = f"http://127.0.0.1:{server.server_address[1]}{sink.path}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield sink
    server.shutdown()
    server.server_close()


def _server(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """On the first port of the allowed ones that nobody has."""
    for port in PORTS:
        try:
            return _Server(("127.0.0.1", port), handler)
        except OSError:
            continue
    raise OSError("no port is free")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A connection that a test ended."""


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            received = Received({k.lower(): v for k, v in self.headers.items()}, body)
            reply = sink.take(received) if self.path == sink.path else Reply(404)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
