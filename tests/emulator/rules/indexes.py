"""The index definitions, read."""

import json
from pathlib import Path

INDEXES = json.loads((Path(__file__).parents[3] / "firestore.indexes.json").read_text())


def overridden(collection: str, field: str) -> list[dict[str, str]]:
    found = [
        override["indexes"]
        for override in INDEXES["fieldOverrides"]
        if (override["collectionGroup"], override["fieldPath"]) == (collection, field)
    ]
    assert len(found) == 1
    scopes: list[dict[str, str]] = found[0]
    return scopes
