"""Emulators of one's own, beside those of the suite: their events go where the caller says."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.suite.http import NoAnswer, call, wait_until_answering
from scripts.suite.ports import free_port
from scripts.suite.toolchain import Toolchain

PATIENCE_SECONDS = 60


@contextmanager
def firestore(functions: str, port: int = 0) -> Iterator[str]:
    """Where it listens, on a free port unless told which.

    `functions` is the host and port that it posts its events to.
    """
    tools, port = Toolchain.load(), port or free_port()
    command = [tools.java, "-Xmx700m", "-jar", tools.firestore, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--functions_emulator", functions]
    with _running(command, port) as host:
        yield host


@contextmanager
def pubsub() -> Iterator[str]:
    """Where it listens."""
    port = free_port()
    command = [Toolchain.load().pubsub, "--host=127.0.0.1", f"--port={port}"]
    with _running(command, port) as host:
        yield host


def subscribe(host: str, project: str, topic: str, functions: str) -> None:
    """Have a topic, and push what is published there to `functions`."""
    path = f"projects/{project}/topics/{topic}"
    push = {"pushEndpoint": f"http://{functions}/{path}"}
    subscription = {"topic": path, "pushConfig": push, "ackDeadlineSeconds": 60}
    for what, body in ((path, {}), (f"projects/{project}/subscriptions/{topic}", subscription)):
        status, answer = call("PUT", f"http://{host}/v1/{what}", body)
        if status not in (200, 409):
            raise NoAnswer(f"{what}: {answer.decode()[:200]}")


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[str]:
    java = str(Path(Toolchain.load().java).parent)
    environment = os.environ | {"PATH": os.pathsep.join([java, os.environ["PATH"]])}
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        host = f"127.0.0.1:{port}"
        wait_until_answering(host, PATIENCE_SECONDS)
        yield host
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
