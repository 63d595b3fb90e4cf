"""Takes events from emulators and brings them to functions until they are acknowledged.

It answers the emulator at once, as Eventarc does the database. The faults follow from a seed and
the order in which events come, which is what real processes make of it.
"""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from scripts.suite.http import NoAnswer, call
from scripts.suite.relay import faults
from scripts.suite.relay.agenda import Agenda
from scripts.suite.relay.envelopes import Post, shaped
from scripts.suite.relay.faults import Copy, Failure, Faults

SENDERS = 12
ATTEMPTS = 60
LONGEST_PAUSE_SECONDS = 1.0
Targets = dict[str, Sequence[str]]  # the URLs of the instances, by trigger or topic


class Relay:
    """Set `targets` before the first event; nothing goes wrong but inside `at_fault`."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.targets: Targets = {}
        self.taken: list[Post] = []
        self.given_up: list[str] = []
        self._faults = faults.NONE
        self._random = Random(seed)  # noqa: S311 - it only repeats a run
        self._agenda = Agenda()
        self._lock = threading.Lock()
        self._turns = itertools.count()

    def take(self, post: Post) -> None:
        """What is too big for an event is lost, as it is in production."""
        if post.too_big:
            return
        with self._lock:
            self.taken.append(shaped(post, faults.form(self._random, self._faults)))
            self._plan(self.taken[-1])

    @contextmanager
    def at_fault(self, these: Faults) -> Iterator[None]:
        """So it goes with the events that come meanwhile."""
        self._faults = these
        try:
            yield
        finally:
            self._faults = faults.NONE

    def repeat(self, since: int, most: int) -> None:
        """Bring again, in any order, at most so many of what was taken since then."""
        with self._lock:
            known = self.taken[since:]
            for post in self._random.sample(known, min(most, len(known))):
                self._plan(post)

    def settle(self, still: float = 2.0, patience: float = 150.0) -> None:
        """Return when all is delivered and nothing has come for `still` seconds."""
        deadline = time.monotonic() + patience
        while self._agenda.open or time.monotonic() - self._agenda.touched < still:
            if time.monotonic() > deadline:
                raise AssertionError(f"relay, seed {self.seed}: {self._agenda.open} on their way")
            time.sleep(0.05)
        if self.given_up:
            raise AssertionError(f"relay, seed {self.seed}: given up {self.given_up}")

    def run(self) -> None:
        """Deliver, in threads, until `close`."""
        for _ in range(SENDERS):
            threading.Thread(target=self._agenda.work, daemon=True).start()

    def close(self) -> None:
        self._agenda.close()

    def _plan(self, post: Post) -> None:
        for copy in faults.copies(self._random, self._faults):
            self._agenda.put(partial(self._attempt, post, copy, 0), copy.delay)

    def _attempt(self, post: Post, copy: Copy, number: int) -> None:
        failure = copy.failures[number] if number < len(copy.failures) else None
        done = failure is not Failure.BEFORE and self._sent(post)
        if done and failure is None:
            return
        if number + 1 == ATTEMPTS:
            self.given_up.append(f"{post.target} {post.headers.get('ce-id', '')}")
            return
        again = partial(self._attempt, post, copy, number + 1)
        self._agenda.put(again, min(0.05 * 2**number, LONGEST_PAUSE_SECONDS))

    def _sent(self, post: Post) -> bool:
        """Whether an instance of the function, each in its turn, acknowledged it."""
        urls = self.targets[post.target]
        url = urls[next(self._turns) % len(urls)]
        try:
            status, _ = call("POST", url + post.path, post.body, 30, post.headers)
        except NoAnswer:
            return False
        return 200 <= status < 300


@contextmanager
def relaying(seed: int) -> Iterator[tuple[Relay, str]]:
    """A relay at work, and the host and port where it takes events."""
    print(f"relay: seed {seed}")
    relay = Relay(seed)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(relay))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    relay.run()
    try:
        yield relay, f"127.0.0.1:{server.server_port}"
    finally:
        relay.close()
        server.shutdown()
        server.server_close()


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            relay.take(Post(self.path, _kept(headers), body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """What belongs to the event, and not to the connection it came by."""
    return {k: v for k, v in headers.items() if k.startswith("ce-") or k == "content-type"}
