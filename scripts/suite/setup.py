"""Installs what the suite, the tests and the checks need; does nothing when all of it is there."""

import fcntl
import hashlib
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.suite import toolchain
from scripts.suite.console import Refusal, run_verb, say
from scripts.suite.install import emulators, firebase_tools, java, node, packages, receivers, redis
from scripts.suite.paths import LOCAL, NPM_LOCK, ROOT, VENV, cache
from scripts.suite.toolchain import Toolchain

_INSTALLERS = Path(__file__).parent / "install"


def setup(arguments: list[str]) -> int:
    with _one_at_a_time():
        if not installed():
            install()
            say("Everything is installed.")
        elif "--unless-done" not in arguments:
            say("Everything is installed already.")
    return 0


def installed() -> bool:
    try:
        known = Toolchain.load()
    except Refusal:
        return False
    return known.fingerprint == fingerprint() and known.complete() and _runs_python()


def install() -> None:
    toolchain.forget()
    packages.install()
    runtime = node.find_or_install()
    tools = firebase_tools.install(runtime)
    receivers.install(runtime)
    machine = java.find_or_install()
    counter = redis.find_or_install()
    found = emulators.find_or_download(runtime, tools, machine)
    Toolchain(
        fingerprint=fingerprint(),
        node=str(runtime.node),
        firebase=str(tools),
        java=str(machine),
        firestore=str(found.firestore),
        pubsub=str(found.pubsub),
        redis=str(counter) if counter else None,
    ).save()


def fingerprint() -> str:
    """Changes with what is locked, how it is installed, the Python version, the clone's place."""
    parts = [platform.python_version(), str(ROOT), str(cache())]
    files = [
        ROOT / "requirements-dev.txt",
        NPM_LOCK,
        receivers.LOCK,
        *sorted(_INSTALLERS.glob("*.py")),
    ]
    return hashlib.sha256("\0".join([*parts, *map(Path.read_text, files)]).encode()).hexdigest()


def _runs_python() -> bool:
    return (VENV / "bin" / "functions-framework").exists()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    run_verb(setup)
