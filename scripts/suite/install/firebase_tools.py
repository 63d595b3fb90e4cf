"""firebase-tools as its lock file pins it, once for all clones that pin the same."""

import hashlib
import os
import shutil
from pathlib import Path

from scripts.suite.commands import run
from scripts.suite.install.node import Node
from scripts.suite.install.place import keep
from scripts.suite.paths import NPM_LOCK, cache

PROGRAM = Path("node_modules", "firebase-tools", "lib", "bin", "firebase.js")


def install(runtime: Node) -> Path:
    """The program's path."""
    locked = hashlib.sha256(NPM_LOCK.read_bytes()).hexdigest()[:16]
    return keep(f"tools-{locked}", lambda draft: _install_into(draft, runtime)) / PROGRAM


def _install_into(draft: Path, runtime: Node) -> None:
    for file in (NPM_LOCK, NPM_LOCK.with_name("package.json")):
        shutil.copy(file, draft)
    # Without install scripts: the one of an optional dependency compiles for a minute.
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--cache", cache() / "npm")
    run("Installing firebase-tools", [*runtime.npm, "ci", *quiet], _with(runtime), draft)


def _with(runtime: Node) -> dict[str, str]:
    return {"PATH": f"{runtime.node.parent}{os.pathsep}{os.environ['PATH']}"}
