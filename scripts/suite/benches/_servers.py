"""Functions on gunicorn, as the cloud runs them, on a free port of this machine."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.suite.http import NoAnswer, call
from scripts.suite.paths import ROOT
from scripts.suite.ports import free_port

PATIENCE_SECONDS = 30


@contextmanager
def served(source: Path, target: str, port: int = 0) -> Iterator[int]:
    """One process with its threads; the port it answers on, a free one unless told which."""
    port = port or free_port()
    with process(source, target, port):
        _wait_until_answering(port)
        yield port


@contextmanager
def process(source: Path, target: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "functions_framework", "--source", str(source)]
    command += ["--target", target, "--host", "127.0.0.1", "--port", str(port)]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(10)


def _wait_until_answering(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            call("GET", f"http://127.0.0.1:{port}/")
        except NoAnswer:
            time.sleep(0.02)
        else:
            return
    raise NoAnswer(f"port {port} did not answer in {PATIENCE_SECONDS} s")
