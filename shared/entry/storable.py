"""JSON that Firestore keeps as it came."""

from typing import Any

from shared.entry.wire import MAX_INTEGER

MAX_DEPTH = 16
MAX_PATH_BYTES = 1400  # Firestore allows 1500, `payload.` and separators included


def storable(value: Any, depth: int = 0, path_bytes: int = 0) -> Any:
    """JSON that the store keeps as it is: no list in a list, no odd names, no huge integers."""
    if depth > MAX_DEPTH or path_bytes > MAX_PATH_BYTES:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        _storable_members(value, depth, path_bytes)
    elif isinstance(value, list):
        _storable_items(value, depth, path_bytes)
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise ValueError("integer out of range")
    return value


def _storable_members(value: dict[str, Any], depth: int, path_bytes: int) -> None:
    for name, member in value.items():
        if not name or len(name) > 200 or (name.startswith("__") and name.endswith("__")):
            raise ValueError("member name")
        storable(member, depth + 1, path_bytes + len(name.encode()) + 1)


def _storable_items(value: list[Any], depth: int, path_bytes: int) -> None:
    for item in value:
        if isinstance(item, list):
            raise ValueError("a list in a list")
        storable(item, depth + 1, path_bytes)
