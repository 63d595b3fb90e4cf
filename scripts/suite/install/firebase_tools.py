"""firebase-tools as its lock file pins it."""

from pathlib import Path

from scripts.suite.install.node import Node
from scripts.suite.install.npm import install_locked
from scripts.suite.paths import NPM_LOCK

PROGRAM = Path("firebase-tools", "lib", "bin", "firebase.js")


def install(runtime: Node) -> Path:
    """The program's path."""
    return install_locked("firebase-tools", "tools", NPM_LOCK, runtime) / PROGRAM
