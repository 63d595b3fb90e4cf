"""A mail server on loopback that keeps what it is given, and answers as it is told to."""

import socketserver
import ssl
from email import message_from_bytes
from email.message import Message
from email.policy import default

from tests.emulator.notifications.serving import Serving

USUAL = {
    "AUTH": "235 welcome",
    "DATA": "354 go on",
    "QUIT": "221 bye",
    "STARTTLS": "220 go on",
}


class MailServer(Serving, socketserver.ThreadingTCPServer):
    """`answers` replaces what it says to a verb (`RCPT`), or to a whole letter (`.`)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls = tls
        self.answers: dict[str, str] = {}
        self.heard: list[str] = []
        self.letters: list[Message] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._secured = False
        self._say("220 here")
        while line := self.rfile.readline().decode().rstrip():
            verb = line.split()[0].upper()
            self.server.heard.append(line)
            if not self._answer(verb):
                return

    def _answer(self, verb: str) -> bool:
        answer = self.server.answers.get(verb) or self._usual(verb)
        if answer == "hang up":
            return False
        self._say(answer)
        if verb == "STARTTLS":
            self._wrap()
        if verb == "DATA" and answer.startswith("354"):
            self._keep()
        return verb != "QUIT"

    def _usual(self, verb: str) -> str:
        offered = "250 AUTH PLAIN"
        if self.server.tls and not self._secured:
            offered = f"250-STARTTLS\r\n{offered}"
        return ({"EHLO": f"250-here\r\n{offered}"} | USUAL).get(verb, "250 ok")

    def _keep(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        answer = self.server.answers.get(".", "250 kept")
        if answer.startswith("250"):
            self.server.letters.append(message_from_bytes(b"".join(lines), policy=default))
        self._say(answer)

    def _wrap(self) -> None:
        assert self.server.tls
        wrapped = self.server.tls.wrap_socket(self.connection, server_side=True)
        self._secured, self.connection = True, wrapped
        self.rfile, self.wfile = wrapped.makefile("rb"), wrapped.makefile("wb", 0)  # type: ignore[assignment]  # buffered and not

    def finish(self) -> None:
        super().finish()
        if self._secured:
            self.connection.close()

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
