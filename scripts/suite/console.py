"""What the scripts say: one line of progress for what lasts, one line for what cannot be done."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Refusal(Exception):
    """Something that the user has to mend, told in one line."""


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def run_verb(verb: Callable[[list[str]], int]) -> None:
    for stop in _STOPS:
        signal.signal(stop, _interrupt)
    try:
        sys.exit(verb(sys.argv[1:]))
    except Refusal as refusal:
        sys.exit(f"hyphae: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)


def _interrupt(signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signum)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Cleaning up goes on to its end, however often somebody presses Ctrl-C."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def progress(title: str) -> Iterator[None]:
    """Shows how long a step has been running, then how long it took."""
    began, finished = time.monotonic(), threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, began, finished), daemon=True)
    ticker.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        finished.set()
        ticker.join()
        say(f"{_line_start()}{title}: {outcome} {time.monotonic() - began:.1f} s")


def _tick(title: str, began: float, finished: threading.Event) -> None:
    say_running = _rewrite if sys.stderr.isatty() else say
    say_running(f"{title} ...")
    while not finished.wait(1 if sys.stderr.isatty() else 10):
        say_running(f"{title} ... {time.monotonic() - began:.0f} s")


def _rewrite(line: str) -> None:
    print(f"{_line_start()}{line}", end="", file=sys.stderr, flush=True)


def _line_start() -> str:
    return "\r\x1b[K" if sys.stderr.isatty() else ""
