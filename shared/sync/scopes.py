"""What of a collection's documents travels, and under which policies its fields are merged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from shared.kernel.ids import derived_id
from shared.sync.declared import schema_named
from shared.sync.models import Cell, Change, Fields, Found, Front, Marks, Replica, Version
from shared.sync.policies import LWW, Edit, Policy, Registers, Shown, Written, policy_of
from shared.sync.refusals import Refused
from shared.sync.registers import field_of, kind_of
from shared.sync.schemas import SCHEMA_VERSION, Schema
from shared.sync.stamps import NEVER
from shared.sync.upcasting import named, upcast, upgrade

OFF = "off"
T = TypeVar("T")


class Reading(NamedTuple):
    """How the routes of a collection read its documents; they must all do it alike."""

    tenant_field: str
    fields: frozenset[str] | None
    policies: frozenset[tuple[str, str]]
    schema: str = ""

    @property
    def digest(self) -> str:
        """A name for what travels; the empty one for everything."""
        left_out = sorted(name for name, policy in self.policies if policy == OFF)
        if self.fields is None and not left_out and not self.schema:
            return ""
        schema = ("", self.schema) if self.schema else ()
        return derived_id(*sorted(self.fields or ()), "", *left_out, *schema)[:8]


@dataclass(frozen=True, slots=True)
class Scope:
    """A document as its routes see it. `policies` are those other than the last writer's."""

    tenant_field: str = "tenantId"
    fields: frozenset[str] | None = None
    left_out: frozenset[str] = frozenset()
    policies: Mapping[str, Policy] = field(default_factory=dict)
    digest: str = ""
    schema: Schema | None = None

    @property
    def schema_version(self) -> int:
        """The newest one, 0 where documents have no schema."""
        return self.schema.newest if self.schema else 0

    @property
    def named(self) -> Fields:
        """What a document says of its schema's version, which is no user's and never merged."""
        return named(self.schema) if self.schema else {}

    def travels(self, name: str) -> bool:
        if name == self.tenant_field or (self.schema and name == SCHEMA_VERSION):
            return True
        return name not in self.left_out and (self.fields is None or name in self.fields)

    def visible(self, version: Version) -> Version:
        """The version without what does not travel, in the newest version of its schema.

        Marks of another scope know no content. Raises Refused for what cannot be upcast.
        """
        if version.marks and version.marks.scope != self.digest:
            version = replace(version, marks=replace(version.marks, content=""))
        if not self.digest:
            return version
        seen = self._part(version)
        if self.schema is None or version.upgrade is not None:
            return seen
        newest = self._part(upcast(seen, self.schema))
        return replace(newest, upgrade=upgrade(version, self.schema))

    def reads(self, version: Version) -> bool:
        """Whether its schema's version is known here."""
        try:
            self.visible(version)
        except Refused:
            return False
        return True

    def change(self, change: Change) -> Change:
        """The change without what does not travel; raises Refused for a new version as above."""
        new = change.new and self.visible(change.new)
        return replace(change, old=change.old and self._before(change.old), new=new)

    def found(self, found: Found) -> Found:
        """What was found, without what does not travel."""
        return replace(found, document=found.document and self.visible(found.document))

    def written(self, edit: Edit, known: Registers) -> Written:
        return self.policies.get(edit.field, LWW).written(edit, known)

    def bare(self, fields: Fields, known: Mapping[str, Front], node: str) -> dict[str, Front]:
        """What nobody has told of: the registers of the values that no register is known of."""
        if not self.policies:
            missing = fields.keys() - known.keys()
            return {name: (Cell(NEVER, NEVER, fields[name]),) for name in missing}
        told = {field_of(name) for name in known if self.is_current(name)}
        edits = (
            Edit(name, None, value, node) for name, value in fields.items() if name not in told
        )
        return {
            register: (Cell(NEVER, NEVER, value),)
            for edit in edits
            for register, value in self.written(edit, {}).items()
        }

    def shown(self, replica: Replica) -> Mapping[str, Shown]:
        """The fields as they shall stand in the document."""
        if not self.policies:
            return {name: Shown(f[0].value, f[0]) for name, f in replica.cells.items()}
        found = self.registers(replica)
        policy = self.policies.get
        return {name: policy(name, LWW).shown(name, registers) for name, registers in found.items()}

    def registers(self, replica: Replica) -> Mapping[str, Registers]:
        """The known registers of each field; those of a policy that no longer holds are silent."""
        found: dict[str, dict[str, Front]] = {}
        for name, front in self.heeded(replica).items():
            found.setdefault(field_of(name), {})[name] = front
        return found

    def heeded(self, replica: Replica) -> Mapping[str, Front]:
        """The cells of the registers that are not silent."""
        return {name: front for name, front in replica.cells.items() if self.is_current(name)}

    def _before(self, version: Version) -> Version:
        """What stood there; of what cannot be upcast nothing but whose it was."""
        try:
            return self.visible(version)
        except Refused:
            tenant = {n: v for n, v in version.fields.items() if n == self.tenant_field}
            return replace(version, fields=tenant, marks=None)

    def _part(self, version: Version) -> Version:
        if self.fields is None and not self.left_out:
            return version
        marks = version.marks and self._marks(version.marks)
        return replace(version, fields=self._travelling(version.fields), marks=marks)

    def _marks(self, marks: Marks) -> Marks:
        return replace(
            marks,
            stamps=self._travelling(marks.stamps),
            seen=self._travelling(marks.seen),
            hidden=self._travelling(marks.hidden),
            knew=self._travelling(marks.knew),
            told=None if marks.told is None else self._travelling(marks.told),
            displayed=self._travelling(marks.displayed),
        )

    def _travelling(self, members: Mapping[str, T]) -> Mapping[str, T]:
        return {name: member for name, member in members.items() if self.travels(field_of(name))}

    def kind(self, name: str) -> str:
        """The kind of the registers of a field."""
        return self.policies.get(name, LWW).kind

    def is_current(self, register: str) -> bool:
        """Whether the register is one of its field's policy."""
        return self.kind(field_of(register)) == kind_of(register)


EVERYTHING = Scope()


def scope_of(reading: Reading, node_of: Callable[[str], str]) -> Scope:
    """The scope in which this node's name for each project stands in the stamps."""
    special = {name: text for name, text in reading.policies if text not in (OFF, "lww")}
    return Scope(
        reading.tenant_field,
        reading.fields,
        frozenset(name for name, text in reading.policies if text == OFF),
        {name: policy_of(text, node_of) for name, text in special.items()},
        reading.digest,
        schema_named(reading.schema),
    )
