"""A real Redis server that a test may stop and start again."""

import subprocess
import time
from contextlib import suppress
from typing import Any

import redis

from scripts.suite.ports import free_port


class Server:
    """Redis on loopback, with nothing on disk."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        where = ("--port", str(self._port), "--bind", "127.0.0.1")
        command = [self._program, *where, "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._until_answering(time.monotonic() + 10)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def calls(self) -> int:
        """Commands so far that came from outside a script, this one among them."""
        with redis.Redis.from_url(self.url) as client:
            stats: Any = client.info("commandstats")
            return sum(int(stat["calls"]) for name, stat in stats.items() if "eval" in name)

    def _until_answering(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            with suppress(redis.ConnectionError), redis.Redis.from_url(self.url) as client:
                client.ping()
                return
            time.sleep(0.02)
        raise TimeoutError("Redis did not answer in 10 s")
