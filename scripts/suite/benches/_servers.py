"""Functions on gunicorn, as the cloud runs them, on a free port of this machine."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.suite.http import wait_until_answering
from scripts.suite.paths import ROOT
from scripts.suite.ports import free_port

PATIENCE_SECONDS = 30


@contextmanager
def served(source: Path, target: str, port: int = 0) -> Iterator[int]:
    """One process with its threads; the port it answers on, a free one unless told which."""
    port = port or free_port()
    with process(source, target, port):
        wait_until_answering(f"127.0.0.1:{port}", PATIENCE_SECONDS)
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
