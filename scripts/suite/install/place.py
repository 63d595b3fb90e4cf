"""Puts a finished piece into the shared cache in one move, so that half a piece is never found."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from scripts.suite.paths import cache


def keep(name: str, fill: Callable[[Path], None]) -> Path:
    """The cached piece of this name, made by `fill` where it is not there yet."""
    place = cache() / name
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        _make(place, fill)
    return place


def _make(place: Path, fill: Callable[[Path], None]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        fill(draft)
        _publish(draft, place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _publish(draft: Path, place: Path) -> None:
    try:
        draft.rename(place)
    except OSError:
        # Another clone was faster: its piece is as good as ours.
        if not place.exists():
            raise
