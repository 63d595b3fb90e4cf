"""The suite of this clone: started once, found again by its state file, ended without a trace."""

import fcntl
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Self

from scripts.suite import emulators, environment, members, ports, processes
from scripts.suite.console import progress, say, undisturbed
from scripts.suite.environment import suite_environment
from scripts.suite.paths import LOCAL
from scripts.suite.standin import process as stripe

_STATE = LOCAL / "suite.json"


@dataclass(frozen=True)
class Suite:
    mark: str
    pid: int
    started: str
    ready: bool = False

    @classmethod
    def known(cls) -> Self | None:
        try:
            return cls(**json.loads(_STATE.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def remember(self) -> None:
        _STATE.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @property
    def runs(self) -> bool:
        return self.ready and self.pid in processes.carrying(self.mark) and emulators.answering()


def running() -> Suite | None:
    suite = Suite.known()
    return suite if suite and suite.runs else None


def start() -> Suite:
    """The running suite, or a new one, ready and seeded; a failed start leaves nothing behind."""
    with _one_start_at_a_time():
        if suite := running():
            return suite
        stop()
        ports.require_free()
        return _start(uuid.uuid4().hex)


def _start(mark: str) -> Suite:
    environment.write_for_functions()
    suite = Suite(mark, pid=0, started=datetime.now(UTC).isoformat(timespec="seconds"))
    suite.remember()
    try:
        return _bring_up(suite)
    except BaseException:
        stop()
        raise


def _bring_up(suite: Suite) -> Suite:
    with progress("Starting the emulators"):
        emulator_process = emulators.start(suite.mark)
        stripe_process = stripe.start(suite.mark)
        emulators.wait_until_ready(emulator_process)
        stripe.wait_until_ready(stripe_process)
        members.register_triggers()
    with progress("Seeding"):
        _seed()
    ready = Suite(suite.mark, emulator_process.pid, suite.started, ready=True)
    ready.remember()
    return ready


def _seed() -> None:
    """Loaded only here: product code that does not even load must not keep a suite from ending."""
    import_module("scripts.suite.seed").seed(suite_environment())


def stop() -> int:
    """Ends the suite of this clone, whole or half; says how many processes that took."""
    with undisturbed():
        suite = Suite.known()
        ended = processes.end(suite.mark) if suite else 0
        _STATE.unlink(missing_ok=True)
        shutil.rmtree(LOCAL / "tmp", ignore_errors=True)
    return ended


@contextmanager
def available(keep: bool = False) -> Iterator[Suite]:
    """A suite to work with: the running one, else one that ends afterwards unless kept."""
    found = running()
    suite = found or start()
    try:
        yield suite
    finally:
        if not (found or keep):
            stop()


@contextmanager
def _one_start_at_a_time() -> Iterator[None]:
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "suite.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("The suite is being started by another command: waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
