"""Firebase Cloud Messaging on loopback: keeps what it is sent, and refuses as it is told to."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import firebase_admin
from firebase_admin import credentials
from google.auth.credentials import AnonymousCredentials

from tests.builders import unique
from tests.emulator.notifications.serving import Serving


class _NoCredentials(credentials.Base):  # type: ignore[misc]  # untyped library
    def get_credential(self) -> AnonymousCredentials:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]  # untyped library


class PushServer(Serving, ThreadingHTTPServer):
    """`refusals` are by device: a status and FCM's own code."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals: dict[str, tuple[int, str]] = {}
        self.messages: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/projects/{{0}}/messages:send"

    def app(self) -> firebase_admin.App:
        name = unique("push")
        return firebase_admin.initialize_app(_NoCredentials(), {"projectId": "demo-hub"}, name)


class _Handler(BaseHTTPRequestHandler):
    server: PushServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = json.loads(body)["message"]
        refusal = self.server.refusals.get(message["token"])
        if refusal:
            self._say(*_refused(*refusal))
            return
        self.server.messages.append(message)
        self._say(200, {"name": f"projects/demo-hub/messages/{len(self.server.messages)}"})

    def _say(self, status: int, members: dict[str, Any]) -> None:
        body = json.dumps(members).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


def _refused(status: int, code: str) -> tuple[int, dict[str, Any]]:
    kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    details = [{"@type": kind, "errorCode": code}]
    return status, {"error": {"code": status, "status": code, "message": code, "details": details}}
