"""JSON that every parser reads alike (I-JSON, RFC 7493, section 2)."""

import json
from typing import Any

import orjson


def strict_json(raw: bytes) -> Any:
    """What it says, by two parsers: one refuses NaN, UTF-16, a BOM and half a surrogate pair, the
    other a member that stands twice. Raises ValueError.
    """
    orjson.loads(raw)
    try:
        return json.loads(raw, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A member stands twice.")
    return found
