"""Lives of mirrored documents under seeded faults, on all cores: all must end alike and silent."""

from typing import Any

from scripts.suite.benches._runs import lived_through
from tests.unit.sync.lives import faults

CHUNK = 500


def run() -> dict[str, Any]:
    return lived_through(faults, CHUNK)
