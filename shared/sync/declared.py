"""The schemas of the ecosystem's documents. A route names the one of its collections."""

from shared.sync import cases
from shared.sync.schemas import Schema, schemas

DECLARED = schemas(cases.UPCASTERS)


def schema_named(name: str) -> Schema | None:
    """None for no name; a schema of which only another deployment knows has its first version."""
    return DECLARED.get(name, Schema(name)) if name else None
