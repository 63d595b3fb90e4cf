"""Settings that are written as JSON."""

import json
from typing import Any

from shared.kernel.unsafe import UnsafeSettings


def json_object(text: str, name: str) -> dict[str, Any]:
    """The members of the variable's object; raises UnsafeSettings for anything else."""
    try:
        found = json.loads(text)
    except ValueError as broken:
        raise UnsafeSettings(f"{name} is not JSON.") from broken
    if not isinstance(found, dict):
        raise UnsafeSettings(f"{name} is not a JSON object.")
    return found
