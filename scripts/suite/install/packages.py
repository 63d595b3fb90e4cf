"""The Python side: uv from PyPI, the clone's virtual environment, and wheels kept in the cache."""

import sys
from pathlib import Path

from scripts.suite.commands import output_of, run
from scripts.suite.install.place import keep
from scripts.suite.paths import ROOT, VENV, cache

UV = "0.13.8"
_BECOME_WORKER = """
if [ -n "${HYPHAE_SUITE:-}" ] && [ -n "${FUNCTION_TARGET:-}" ]; then
  exec "$VIRTUAL_ENV/bin/functions-framework"
fi
"""


def install() -> None:
    python = VENV / "bin" / "python"
    if not output_of([python, "-c", "print('runs')"]):
        _uv("Creating venv", "venv", "--clear", "--python", sys.executable, VENV)
    _let_shells_become_workers()
    _uv(
        "Installing Python packages",
        *("pip", "sync", "--compile-bytecode", "--python", python),
        ROOT / "requirements-dev.txt",
    )


def _let_shells_become_workers() -> None:
    """The functions emulator ends the shell it starts a worker in, and would orphan the worker."""
    activate = VENV / "bin" / "activate"
    if _BECOME_WORKER not in (script := activate.read_text()):
        activate.write_text(script + _BECOME_WORKER)


def install_beside(requirement: str) -> Path:
    """A package that is a tool, not a library of ours: into a folder of its own in the cache."""

    def fill(draft: Path) -> None:
        _uv(f"Installing {requirement}", "pip", "install", "--target", draft, requirement)

    return keep(requirement.replace("==", "-"), fill)


def _uv(title: str, *arguments: str | Path) -> None:
    environment = {"UV_CACHE_DIR": str(cache() / "uv"), "UV_PYTHON_DOWNLOADS": "never"}
    run(title, [keep(f"uv-{UV}", _install_uv) / "bin" / "uv", *arguments], environment)


def _install_uv(draft: Path) -> None:
    run("Installing uv", [sys.executable, "-m", "venv", draft])
    run(f"Installing uv {UV}", [draft / "bin" / "python", "-m", "pip", "install", f"uv=={UV}"])
