"""What receivers of our webhooks verify them with, as its lock file pins it."""

from pathlib import Path

from scripts.suite.install.node import Node
from scripts.suite.install.npm import install_locked
from scripts.suite.paths import NPM_LOCK

LOCK = NPM_LOCK.parent / "receivers" / "package-lock.json"


def install(runtime: Node) -> Path:
    """The folder that NODE_PATH needs."""
    return install_locked("receivers of webhooks", "receivers", LOCK, runtime)
