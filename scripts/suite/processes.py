"""Finds and ends what the suite started, however deep and in whichever process group.

Emulators fork into sessions of their own and leave orphans, so neither a parent nor a group
leads to all of them. What they all inherit is their environment: each suite starts with a mark
of its own in it, and only a process that carries the mark is ours, whatever its number.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

VARIABLE = "HYPHAE_SUITE"


def carrying(mark: str) -> set[int]:
    if sys.platform == "linux":
        return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _carries(entry, mark)}
    return _listed(mark)


def end(mark: str, patience: float = 5) -> int:
    """Kills until nothing carries the mark: a process may fork while we look. Says how many."""
    ended: set[int] = set()
    deadline = time.monotonic() + patience
    while (alive := carrying(mark)) and time.monotonic() < deadline:
        for process in alive:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        ended |= alive
        time.sleep(0.05)
    while any(_exists(process) for process in ended) and time.monotonic() < deadline:
        time.sleep(0.05)
    return len(ended)


def _exists(process: int) -> bool:
    """A dead process stays in the list until its parent, or init, has asked for it."""
    with suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _carries(entry: Path, mark: str) -> bool:
    try:
        return f"{VARIABLE}={mark}".encode() in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _listed(mark: str) -> set[int]:
    """Where there is no /proc, ps shows the environment after the command."""
    listing = subprocess.run(
        ["ps", "-A", "-E", "-ww", "-o", "pid=,command="],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = listing.stdout.splitlines()
    return {int(row.split()[0]) for row in rows if f"{VARIABLE}={mark}" in row.split()}
