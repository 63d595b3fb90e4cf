"""An issuer's key server on loopback, which a test may make ill."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.signing import issuer

HOUR = 3600


class Publisher:
    def __init__(self, port: int = 0) -> None:
        self.fetches = 0
        self.status = 200
        self.body = json.dumps({"keys": [issuer().jwk()]})
        self.cache_control = f"public, max-age={HOUR}, must-revalidate"
        self.answering = threading.Event()
        self.answering.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/keys"

    def publish(self, *kids: str) -> None:
        self.body = json.dumps({"keys": [issuer(kid).jwk() for kid in kids]})

    def __enter__(self) -> "Publisher":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(publisher) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.fetches += 1
                publisher.answering.wait(5)
                self.send_response(publisher.status)
                self.send_header("Cache-Control", publisher.cache_control)
                self.send_header("Location", publisher.url)
                self.send_header("Content-Length", str(len(publisher.body)))
                self.end_headers()
                self.wfile.write(publisher.body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
