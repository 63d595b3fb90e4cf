"""Schemas of mirrored documents, and their upcasters.

A document names its version in `schemaVersion`; without it, it is of version 1. An upcaster says
of which field of version n a field of version n + 1 is made, of each by itself: so what waits in
marks is upcast as what shows is, and merging before or after makes no difference.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from shared.kernel.versions import newest_versions
from shared.sync.models import Fields
from shared.sync.refusals import Refused
from shared.sync.registers import decoded, encoded

SCHEMA_VERSION = "schemaVersion"
T = TypeVar("T")


class From(NamedTuple):
    """The older field that a field is made of: as it is, or by a pure function of its value.

    The function gets null as None, and returns what it does not know as it is. Of a field that is
    missing nothing is made.
    """

    field: str
    by: Callable[[Any], Any] | None = None


Upcaster = Mapping[str, From]  # fields that it does not name stay as they are


@dataclass(frozen=True, slots=True)
class Schema:
    """`upcasters[n - 1]` makes version n + 1 of version n."""

    name: str
    upcasters: Sequence[Upcaster] = field(default_factory=tuple)

    @property
    def newest(self) -> int:
        return len(self.upcasters) + 1

    @property
    def changed(self) -> frozenset[str]:
        """The fields of any version that an upcaster makes, or makes something of."""
        steps = [pair for upcaster in self.upcasters for pair in upcaster.items()]
        return frozenset(name for target, made in steps for name in (target, made.field))

    def known(self, version: Any) -> int:
        """The version; raises Refused for one that nobody knows here."""
        if type(version) is not int or not 1 <= version <= self.newest:
            raise Refused("UNKNOWN_SCHEMA_VERSION")
        return version

    def upcast(self, fields: Fields, version: int, to: int) -> Fields:
        """The fields of that version in another, which is no older. Raises Refused."""
        for upcaster in self.upcasters[version - 1 : to - 1]:
            made = moved(upcaster, fields, fields)
            fields = {n: converted(upcaster.get(n), value) for n, value in made.items()}
        return fields


def schemas(upcasters: Mapping[tuple[str, int], Upcaster]) -> Mapping[str, Schema]:
    """Raises ValueError for upcasters with a gap, and for one that makes its fields in a chain."""
    for upcaster in upcasters.values():
        _require_steps(upcaster)
    newest = newest_versions(upcasters)
    return {
        name: Schema(name, [upcasters[name, number] for number in range(1, version)])
        for name, version in newest.items()
    }


def named_version(fields: Fields) -> Any:
    """The version that a document names, whatever that is; 1 where it names none."""
    stored = fields.get(SCHEMA_VERSION)
    return 1 if stored is None else decoded(stored)


def moved(upcaster: Upcaster, members: Mapping[str, T], told: Container[str]) -> dict[str, T]:
    """What is kept by the names of fields, by their new names.

    What stands under a new name already is of a newer writer, and stays.
    """
    moves = {to: made.field for to, made in upcaster.items() if to == made.field or to not in told}
    gone = {made.field for made in upcaster.values()}
    kept = {name: member for name, member in members.items() if name not in gone}
    return kept | {to: members[name] for to, name in moves.items() if name in members}


def converted(made: From | None, value: bytes) -> bytes:
    """The value of a field that is made so; raises Refused where the function fails."""
    if made is None or made.by is None:
        return value
    before = decoded(value)
    try:
        after = made.by(before)
        return value if after is before else encoded(after)
    except Exception as failure:  # it is somebody else's function, and what it left out is lost
        raise Refused("UPCAST_FAILED") from failure


def _require_steps(upcaster: Upcaster) -> None:
    sources = {made.field for made in upcaster.values()}
    for name, made in upcaster.items():
        if (name in sources and name != made.field) or SCHEMA_VERSION in (name, made.field):
            raise ValueError(f"{name} cannot be made in this step.")
