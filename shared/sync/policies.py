"""Policies: how the edits of several projects become the value of a field.

A policy keeps a field in registers, each merged by itself as any field is (lattice.py), and says
two things: which registers an edit writes, and what they show together. So whatever a policy
shows, the merge stays commutative, associative and idempotent.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from shared.sync.custom import CUSTOM
from shared.sync.models import Cell, Front
from shared.sync.registers import (
    COUNT,
    SET,
    combined_count,
    combined_set,
    counted,
    elements,
    highest,
    is_blank,
    key,
    latest,
    merged_by,
)

Registers = Mapping[str, Front]
Written = Mapping[str, bytes | None]
DEFAULT = "lww"  # the latest stamp of the hybrid logical clock
TEXT = re.compile(r"lww|union|max|counter|off|(owner|prefer|custom)\(([A-Za-z0-9_-]{1,63})\)")


class Shown(NamedTuple):
    """The value of a field, and the cell it is of: None where it is made of several."""

    value: bytes | None
    cell: Cell | None = None


class Edit(NamedTuple):
    """A user's edit of a field: None is no value."""

    field: str
    before: bytes | None
    after: bytes | None
    node: str


class Policy(Protocol):
    @property
    def kind(self) -> str:
        """The kind of its registers; empty for the field's plain one."""

    def written(self, edit: Edit, known: Registers) -> Written:
        """The registers that the edit writes."""

    def shown(self, field: str, registers: Registers) -> Shown:
        """What the registers show together."""


class LastWriter:
    """One register: the latest stamp shows."""

    kind = ""

    def written(self, edit: Edit, known: Registers) -> Written:
        return {edit.field: edit.after}

    def shown(self, field: str, registers: Registers) -> Shown:
        cell = registers[field][0]
        return Shown(cell.value, cell)


class _Sided:
    """A register for the edits of one project, and one for those of all others."""

    def __init__(self, name: str, node: str) -> None:
        self.kind = f"{name}:{node}"
        self._node = node

    def written(self, edit: Edit, known: Registers) -> Written:
        side = self._own if edit.node == self._node else self._others
        return {side(edit.field): edit.after}

    def _own(self, field: str) -> str:
        return key(field, self.kind, "own")

    def _others(self, field: str) -> str:
        return key(field, self.kind, "others")


class Owner(_Sided):
    """What the owner wrote shows; others are heard until the owner has spoken."""

    def shown(self, field: str, registers: Registers) -> Shown:
        front = registers.get(self._own(field)) or registers[self._others(field)]
        return Shown(front[0].value, front[0])


class Prefer(_Sided):
    """What that project wrote shows unless it is blank: missing, null or an empty text."""

    def shown(self, field: str, registers: Registers) -> Shown:
        own = registers.get(self._own(field))
        cell = own[0] if own and not is_blank(own[0].value) else self._filled(registers)
        return Shown(cell.value, cell)

    @staticmethod
    def _filled(registers: Registers) -> Cell:
        filled = {name: f for name, f in registers.items() if not is_blank(f[0].value)}
        return latest(filled or registers)


class Max:
    """The highest value that any project ever wrote shows."""

    kind = "max"

    def written(self, edit: Edit, known: Registers) -> Written:
        return {key(edit.field, self.kind, edit.node): highest((edit.before, edit.after))}

    def shown(self, field: str, registers: Registers) -> Shown:
        value = highest(front[0].value for front in registers.values())
        cells = [front[0] for front in registers.values() if front[0].value == value]
        return Shown(value, max(cells, key=lambda cell: cell.rank))


class Union:
    """A list as a set: a register for each element, there or not. Its order is not kept."""

    kind = SET

    def written(self, edit: Edit, known: Registers) -> Written:
        before, after = elements(edit.field, edit.before), elements(edit.field, edit.after)
        return {name: after.get(name) for name in before.keys() ^ after.keys()}

    def shown(self, field: str, registers: Registers) -> Shown:
        return Shown(combined_set(field, registers))


class Counter:
    """What every project added, together. A value that is no number sets the counter."""

    kind = COUNT

    def written(self, edit: Edit, known: Registers) -> Written:
        return counted(edit.field, edit.after, edit.node, known)

    def shown(self, field: str, registers: Registers) -> Shown:
        return Shown(combined_count(field, registers))


class Custom:
    """A registered pure function of what each project wrote last, in the order of its writing."""

    def __init__(self, name: str) -> None:
        self.kind = f"custom:{name}"
        self._function = CUSTOM[name]

    def written(self, edit: Edit, known: Registers) -> Written:
        return {key(edit.field, self.kind, edit.node): edit.after}

    def shown(self, field: str, registers: Registers) -> Shown:
        value = merged_by(self._function, registers)
        cells = [front[0] for front in registers.values() if front[0].value == value]
        return Shown(value, max(cells, key=lambda cell: cell.rank, default=None))


LWW = LastWriter()
_PLAIN: Mapping[str, Policy] = {DEFAULT: LWW, "union": Union(), "max": Max(), "counter": Counter()}


def is_policy(text: str) -> bool:
    found = TEXT.fullmatch(text)
    return found is not None and (found[1] != "custom" or found[2] in CUSTOM)


def project_in(text: str) -> str:
    """The project that the policy is about, empty for one that is about none."""
    found = TEXT.fullmatch(text)
    return found[2] if found and found[1] in ("owner", "prefer") else ""


def policy_of(text: str, node_of: Callable[[str], str]) -> Policy:
    """The policy of a text that `is_policy`, other than `off`; `node_of` names a project's node."""
    found = TEXT.fullmatch(text)
    if not found or not found[1]:
        return _PLAIN[text]
    if found[1] == "custom":
        return Custom(found[2])
    sided = Owner if found[1] == "owner" else Prefer
    return sided(found[1], node_of(found[2]))
