import gc
import socket

from shared.platform.lines import Idle, connection

KEY = ("http", "localhost", 9700, "127.0.0.1")


class Circle:
    """Garbage that is found only by the collector."""

    def __init__(self, idle: Idle) -> None:
        self.idle = idle
        self.itself = self


def test_what_waits_is_closed_also_where_its_socket_is_finalized_before_it() -> None:
    ours, theirs = socket.socketpair()
    line = connection(KEY, None, 1.0)
    line.sock = ours
    circle = Circle(Idle())
    circle.idle.keep(line)
    del line, ours, circle
    gc.collect()
    with theirs:
        assert theirs.recv(1) == b""
