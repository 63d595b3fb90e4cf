"""Functions in processes of their own, which a test may kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from scripts.suite.http import NoAnswer, call
from scripts.suite.paths import ROOT
from scripts.suite.ports import free_port

PATIENCE_SECONDS = 60


class Worker:
    """A functions-framework process with its children, which can be killed and started again."""

    def __init__(
        self, target: str, environment: Mapping[str, str] | None = None, source: str = "main.py"
    ) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._target = target
        self._source = source
        self._environment = {**os.environ, "THREADS": "16", **(environment or {})}
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "functions_framework", "--source", self._source]
        port = self.url.rpartition(":")[2]
        command += ["--target", self._target, "--host", "127.0.0.1", "--port", port]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def wait_until_answering(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with suppress(NoAnswer):
                call("GET", self.url)
                return
            time.sleep(0.05)
        raise AssertionError(f"{self._target} did not answer in {PATIENCE_SECONDS} s")


@contextmanager
def working(
    target: str, environment: Mapping[str, str] | None = None, source: str = "main.py"
) -> Iterator[Worker]:
    worker = Worker(target, environment, source)
    try:
        yield worker
    finally:
        worker.kill()
