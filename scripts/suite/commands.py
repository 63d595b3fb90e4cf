"""Runs other programs quietly: their output goes to a log, and its last line explains a failure."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.suite.console import Refusal, progress
from scripts.suite.paths import LOCAL, ROOT

SETUP_LOG = LOCAL / "setup.log"
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def run(
    title: str,
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    directory: Path = ROOT,
) -> None:
    """Runs a step of the setup with its progress shown, and refuses when it fails."""
    SETUP_LOG.parent.mkdir(exist_ok=True)
    with progress(title), SETUP_LOG.open("ab") as log:
        try:
            subprocess.run(
                command,
                cwd=directory,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=True,
            )
        except OSError as error:
            raise Refusal(f"{title} failed: {error}") from error
        except subprocess.CalledProcessError as error:
            reason = f"{last_error(SETUP_LOG)} (all of it: {SETUP_LOG})"
            raise Refusal(f"{title} failed: {reason}") from error


def output_of(command: Sequence[str | Path]) -> str:
    """What a program prints, or nothing when it cannot run."""
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError:
        return ""
    return f"{finished.stdout}{finished.stderr}" if finished.returncode == 0 else ""


def last_error(log: Path) -> str:
    lines = [plain(line) for line in _tail(log)]
    told = [line for line in lines if line]
    errors = [line for line in told if re.search(r"error|fatal|✖|⚠|fail", line, re.IGNORECASE)]
    return (errors or told or ["it said nothing"])[-1]


def plain(line: str) -> str:
    return _COLOUR.sub("", line).strip()


def _tail(log: Path) -> list[str]:
    text = log.read_bytes()[-20_000:] if log.exists() else b""
    return text.decode(errors="replace").splitlines()
