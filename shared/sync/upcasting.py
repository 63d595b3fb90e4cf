"""A version of a document in the newest version of its schema, marks and all."""

from collections.abc import Mapping
from dataclasses import replace

from shared.sync.contents import content_of, digests
from shared.sync.models import Cell, Fields, Front, Marks, Version
from shared.sync.registers import encoded
from shared.sync.schemas import SCHEMA_VERSION, Schema, Upcaster, converted, moved, named_version


def upcast(version: Version, schema: Schema) -> Version:
    """The version without its name. Raises Refused for one that is unknown, or cannot be upcast."""
    number, marks = schema.known(named_version(version.fields)), version.marks
    stored = {name: value for name, value in version.fields.items() if name != SCHEMA_VERSION}
    if marks and schema.known(marks.schema or 1) < schema.newest:
        content, told = (
            _content(stored, number, marks, schema),
            _told(stored, number, marks, schema),
        )
        marks = replace(_upcast_marks(marks, schema), content=content, told=told)
    return replace(version, fields=schema.upcast(stored, number, schema.newest), marks=marks)


def upgrade(version: Version, schema: Schema) -> Mapping[str, bytes | None]:
    """What the stored fields lack of the newest version (None: to remove)."""
    before, name = version.fields, named(schema)
    if before.get(SCHEMA_VERSION) == name[SCHEMA_VERSION]:
        return {}
    after = {**upcast(version, schema).fields, **name}
    names = [n for n in before.keys() | after.keys() if before.get(n) != after.get(n)]
    return {name: after.get(name) for name in names}


def named(schema: Schema) -> Mapping[str, bytes]:
    """The field in which a document of the newest version says so."""
    return {SCHEMA_VERSION: encoded(schema.newest)}


def _content(fields: Fields, number: int, marks: Marks, schema: Schema) -> str:
    """The digest of what the engine left, had it left it in the newest version."""
    if content_of(schema.upcast(fields, number, marks.schema or 1)) != marks.content:
        return marks.content
    return content_of(schema.upcast(fields, number, schema.newest))


def _told(fields: Fields, number: int, marks: Marks, schema: Schema) -> Mapping[str, int] | None:
    """The digests of what was told, had it been told in the newest version.

    Of a value that a user has replaced since no more is known than that it was another.
    """
    if marks.told is None:
        return None
    before = schema.upcast(fields, number, marks.schema or 1)
    after = schema.upcast(fields, number, schema.newest)
    told = {name: (digest, digests(before).get(name)) for name, digest in marks.told.items()}
    for upcaster in schema.upcasters[(marks.schema or 1) - 1 :]:
        told = moved(upcaster, told, told)
    newest = digests(after)
    return {
        name: newest.get(name, digest) if digest == stood else digest
        for name, (digest, stood) in told.items()
    }


def _upcast_marks(marks: Marks, schema: Schema) -> Marks:
    for upcaster in schema.upcasters[(marks.schema or 1) - 1 :]:
        told = marks.stamps
        hidden = moved(upcaster, marks.hidden, told)
        displayed = moved(upcaster, marks.displayed, told)
        marks = replace(
            marks,
            stamps=moved(upcaster, told, told),
            seen=moved(upcaster, marks.seen, told),
            hidden={name: _front(upcaster, name, front) for name, front in hidden.items()},
            knew=moved(upcaster, marks.knew, told),
            displayed={n: cell and _cell(upcaster, n, cell) for n, cell in displayed.items()},
        )
    return replace(marks, schema=schema.newest)


def _front(upcaster: Upcaster, name: str, front: Front) -> Front:
    return tuple(_cell(upcaster, name, cell) for cell in front)


def _cell(upcaster: Upcaster, name: str, cell: Cell) -> Cell:
    if cell.value is None:
        return cell
    return replace(cell, value=converted(upcaster.get(name), cell.value))
