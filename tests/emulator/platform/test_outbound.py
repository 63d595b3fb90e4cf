"""Calls to addresses that others gave us, against servers that mean no good."""

import socket
import struct
import time

import pytest

from shared.platform.outbound import MOST_BYTES, Outbound, Unreachable
from tests.emulator.platform.posts import OK, post
from tests.rude import behaving, read_request
from tests.sink import Reply, listening

LOCAL = range(9700, 9800)


@pytest.fixture
def client() -> Outbound:
    return Outbound(LOCAL)


def test_an_answer_has_its_status_headers_and_body(client: Outbound) -> None:
    with listening() as sink:
        sink.says(503, Retry_After="7")
        answer = post(client, sink.url)
    assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "7", b"ok")


def test_a_connection_is_used_again_and_not_once_the_other_side_has_ended_it(
    client: Outbound,
) -> None:
    def once(line: socket.socket) -> None:
        read_request(line)
        line.sendall(OK)

    def always(line: socket.socket) -> None:
        while read_request(line):
            line.sendall(OK)

    for behave, connections in ((always, 1), (once, 3)):
        with behaving(behave) as server:
            for _ in range(3):
                assert post(client, server.url).status == 200
                time.sleep(0.05)
            assert len(server.connections) == connections


def test_no_redirect_is_followed(client: Outbound) -> None:
    with listening() as elsewhere, listening() as sink:
        sink.says(307, Location=elsewhere.url)
        assert post(client, sink.url).status == 307
        assert elsewhere.received == []


def test_no_proxy_of_the_environment_is_asked(
    client: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with listening() as sink:
        assert post(client, sink.url).status == 200


def test_a_long_answer_is_cut(client: Outbound) -> None:
    sent: list[int] = []

    def flood(line: socket.socket) -> None:
        read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n")
        for _ in range(160):
            line.sendall(b"x" * 65536)
            sent.append(65536)

    with behaving(flood) as server:
        answer = post(client, server.url)
        time.sleep(0.2)
    assert len(answer.body) == MOST_BYTES
    assert sum(sent) < 10485760


def test_a_status_counts_whatever_becomes_of_what_follows(client: Outbound) -> None:
    def reset(line: socket.socket) -> None:
        read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()

    with behaving(reset) as server:
        assert post(client, server.url).status == 200


def drip(line: socket.socket, beginning: bytes, part: bytes) -> None:
    """A byte at a time, for ever: no time-out of a socket ends it."""
    read_request(line)
    line.sendall(beginning)
    while True:
        line.sendall(part)
        time.sleep(0.05)


SLOW = {
    "the status": (b"HTTP/1.1 2", b"0"),
    "a header": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
}


@pytest.mark.parametrize(("beginning", "part"), SLOW.values(), ids=SLOW.keys())
def test_who_answers_a_byte_at_a_time_is_cut_off(
    client: Outbound, beginning: bytes, part: bytes
) -> None:
    with behaving(lambda line: drip(line, beginning, part)) as server:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            post(client, server.url, seconds=0.5)
        assert time.monotonic() - began < 2


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BODIES = {
    "a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"a"),
    "a chunk": (CHUNKED + b"ffff\r\n", b"a"),
    "a chunk's length": (CHUNKED, b"0"),
}


@pytest.mark.parametrize(("beginning", "part"), BODIES.values(), ids=BODIES.keys())
def test_a_slow_body_is_not_waited_for_beyond_the_time(
    client: Outbound, beginning: bytes, part: bytes
) -> None:
    with behaving(lambda line: drip(line, beginning, part)) as server:
        began = time.monotonic()
        assert post(client, server.url, seconds=0.5).status == 200
        assert time.monotonic() - began < 2


def test_who_says_nothing_is_cut_off_and_who_is_not_there_is_named_so(client: Outbound) -> None:
    with (
        behaving(lambda line: time.sleep(5)) as server,
        pytest.raises(Unreachable, match="timeout"),
    ):
        post(client, server.url, seconds=0.3)
    with pytest.raises(Unreachable, match="connection"):
        post(client, server.url)


GARBAGE = [
    b"",
    b"\x00" * 100,
    b"SSH-2.0-OpenSSH\r\n",
    b"HTTP/1.1 abc\r\n\r\n",
    b"HTTP/1.1 200\r\n" + b"a" * 70_000,
]


@pytest.mark.parametrize("text", GARBAGE, ids=["nothing", "zeros", "ssh", "no status", "long line"])
def test_what_is_no_answer_is_a_failure_and_never_more(client: Outbound, text: bytes) -> None:
    def babble(line: socket.socket) -> None:
        read_request(line)
        line.sendall(text)

    with behaving(babble) as server, pytest.raises(Unreachable):
        post(client, server.url)


def test_what_was_answered_before_does_not_become_the_answer_to_another(client: Outbound) -> None:
    """A body that goes on after it was cut must not be read as the next status."""
    with listening() as sink:
        sink.answer = lambda _: Reply(200, body=b"HTTP/1.1 500 No\r\n\r\n" * 2000)
        for _ in range(3):
            assert post(client, sink.url).status == 200
