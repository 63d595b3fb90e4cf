"""Where this clone keeps its local state, and where clones keep the tools that they share."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "venv"
# Not at the top: beside main.py a package.json makes firebase-tools take the source for Node.
NPM_LOCK = ROOT / "scripts" / "tools" / "package-lock.json"
LOCAL = ROOT / ".local"
LOG = LOCAL / "suite.log"


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("HYPHAE_CACHE") or Path(base, "hyphae")).absolute()
