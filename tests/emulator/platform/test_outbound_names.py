"""Calls by name: to the address that was looked at, under the name's own certificate."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.platform import addresses
from shared.platform.addresses import BlockedAddress
from shared.platform.outbound import Outbound, Unreachable
from tests.certificate import write_certificate
from tests.emulator.platform.posts import OK, post
from tests.rude import Rude, behaving, read_request
from tests.sink import PORTS

HOST = "hooks.example.com"


class Names:
    """A resolver that a test tells what to say, each time anew."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.mark.parametrize(
    "found",
    [
        ("127.0.0.1",),
        ("93.184.216.34", "127.0.0.1"),
        ("93.184.216.34", "169.254.169.254"),
        ("2606:2800:220:1:248:1893:25c8:1946", "::1"),
        ("::ffff:127.0.0.1",),
        ("fe80::1%eth0",),
        ("not an address",),
    ],
)
def test_a_name_with_any_address_that_is_not_public_is_refused(found: Sequence[str]) -> None:
    client = Outbound(resolve=Names(found))
    for refused in (client.refuse, lambda url: post(client, url)):
        with pytest.raises(BlockedAddress):
            refused(f"https://{HOST}/")


def test_a_name_that_nobody_knows_may_be_registered_and_cannot_be_reached() -> None:
    def unknown(*_: object) -> Sequence[str]:
        raise OSError("no such host")

    client = Outbound(resolve=unknown)
    client.refuse(f"https://{HOST}/")
    with pytest.raises(Unreachable, match="dns"):
        post(client, f"https://{HOST}/")


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.platform.outbound.LOOKUP_SECONDS", 0.2)
    stuck = threading.Event()

    def slow(*_: object) -> Sequence[str]:
        stuck.wait(5)
        return ["93.184.216.34"]

    with pytest.raises(Unreachable, match="dns"):
        post(Outbound(resolve=slow), f"https://{HOST}/")
    stuck.set()


class Secure:
    """A server by TLS under the name of `HOST`, and what it was asked under which name."""

    def __init__(self, folder: Path) -> None:
        certificate, key = write_certificate(folder, HOST)
        self.trust = ssl.create_default_context(cafile=str(certificate))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.sni_callback = lambda _, name, __: self.names.append(name)
        self.names: list[str | None] = []
        self.requests: list[bytes] = []

    def __call__(self, line: socket.socket) -> None:
        with self._context.wrap_socket(line, server_side=True) as secured:
            while request := read_request(secured):
                self.requests.append(request)
                secured.sendall(OK)


@pytest.fixture
def secure(tmp_path: Path) -> Secure:
    return Secure(tmp_path)


@pytest.fixture
def server(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rude]:
    with behaving(secure, PORTS) as running:
        monkeypatch.setattr(addresses, "PORTS", frozenset({running.port}))
        yield running


def trusting(secure: Secure, names: Names) -> Outbound:
    """Of loopback alone the first address is let pass, in the place of a public one."""
    return Outbound(resolve=names, allowed=lambda a: a == "127.0.0.1", context=lambda: secure.trust)


def test_the_connection_goes_to_the_address_that_was_looked_at_under_the_hosts_own_name(
    secure: Secure, server: Rude
) -> None:
    client = trusting(secure, Names(["127.0.0.1"]))
    url = f"https://{HOST}:{server.port}/hook?a=b"
    assert post(client, url).status == 200
    assert secure.names == [HOST]
    assert secure.requests[0].startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert f"\r\nHost: {HOST}:{server.port}\r\n".encode() in secure.requests[0]


def test_a_name_that_changes_its_mind_is_refused_though_a_connection_is_open(
    secure: Secure, server: Rude
) -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    client = trusting(secure, names)
    url = f"https://{HOST}:{server.port}/"
    assert post(client, url).status == 200
    with pytest.raises(BlockedAddress):
        post(client, url)
    assert names.asked == 2
    assert len(secure.requests) == 1


def test_a_name_is_asked_for_once_a_call(secure: Secure, server: Rude) -> None:
    """Between looking at an address and connecting, nobody asks again."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    assert post(trusting(secure, names), f"https://{HOST}:{server.port}/").status == 200
    assert names.asked == 1


def test_a_certificate_of_another_name_is_refused(secure: Secure, server: Rude) -> None:
    client = trusting(secure, Names(["127.0.0.1"]))
    with pytest.raises(Unreachable, match="tls"):
        post(client, f"https://other.example.com:{server.port}/")
    assert secure.requests == []


def test_a_certificate_that_nobody_signed_is_refused(secure: Secure, server: Rude) -> None:
    client = Outbound(resolve=Names(["127.0.0.1"]), allowed=lambda _: True)
    with pytest.raises(Unreachable, match="tls"):
        post(client, f"https://{HOST}:{server.port}/")


def test_a_handshake_that_does_not_end_is_cut_off(
    secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stall(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"\x16\x03\x03\x40\x00")
        while True:
            line.sendall(b"\x00")
            time.sleep(0.05)

    with behaving(stall) as server:
        monkeypatch.setattr(addresses, "PORTS", frozenset({server.port}))
        client, began = trusting(secure, Names(["127.0.0.1"])), time.monotonic()
        with pytest.raises(Unreachable):
            post(client, f"https://{HOST}:{server.port}/", seconds=0.5)
        assert time.monotonic() - began < 2
