"""Runs every check: format, lint, types, imports, and that the deployment holds."""

import subprocess
import time
from collections.abc import Callable

from scripts.suite import deployment
from scripts.suite.console import run_verb
from scripts.suite.paths import ROOT, VENV

_PROGRAMS = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy", "--strict"),
    "imports": ("lint-imports", "--no-logo"),
}


def check(_arguments: list[str]) -> int:
    checks = {name: _program(*command) for name, command in _PROGRAMS.items()}
    failed = [
        name
        for name, holds in (checks | {"deployment": _deployment}).items()
        if not _run(name, holds)
    ]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _run(name: str, holds: Callable[[], bool]) -> bool:
    print(f"== {name}", flush=True)
    began = time.monotonic()
    passed = holds()
    print(
        f"{name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.1f} s",
        flush=True,
    )
    return passed


def _program(name: str, *arguments: str) -> Callable[[], bool]:
    command = [str(VENV / "bin" / name), *arguments]
    return lambda: subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _deployment() -> bool:
    found = deployment.complaints()
    print("\n".join(found or ["main.py, functions.yaml and firebase.json agree."]), flush=True)
    return not found


if __name__ == "__main__":
    run_verb(check)
