"""npm packages as a lock file pins them, once for all clones that pin the same."""

import hashlib
import os
import shutil
from pathlib import Path

from scripts.suite.commands import run
from scripts.suite.install.node import Node
from scripts.suite.install.place import keep
from scripts.suite.paths import cache


def install_locked(title: str, name: str, lock: Path, runtime: Node) -> Path:
    """The folder `node_modules` of what the lock file and the package.json beside it name."""

    def fill(draft: Path) -> None:
        for file in (lock, lock.with_name("package.json")):
            shutil.copy(file, draft)
        # Without install scripts: the one of an optional dependency compiles for a minute.
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--cache", cache() / "npm")
        run(f"Installing {title}", [*runtime.npm, "ci", *quiet], _with(runtime), draft)

    locked = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    return keep(f"{name}-{locked}", fill) / "node_modules"


def _with(runtime: Node) -> dict[str, str]:
    return {"PATH": f"{runtime.node.parent}{os.pathsep}{os.environ['PATH']}"}
