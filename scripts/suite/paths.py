"""Where this clone keeps its local state, and where clones keep the tools that they share."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "venv"
LOCAL = ROOT / ".local"
LOG = LOCAL / "suite.log"


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("HYPHAE_CACHE") or Path(base, "hyphae")).absolute()
