"""Users' writes that are lost, as they are noted."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.sync.models import Change, Place
from shared.sync.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a conflict wrote, and when; None is no value, or a deletion."""

    stamp: Stamp
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A user's write of a field that another one overruled who had not seen it."""

    field: str
    winner: Side
    loser: Side


@dataclass(frozen=True, slots=True)
class Overruled:
    """A user's write that was lost, by which policy, and the places where its document lives.

    `schema_version` is that of the field's name and its values, 0 where documents have no schema.
    """

    loss: Loss
    change: Change
    places: Sequence[Place]
    policy: str
    tenant_field: str
    schema_version: int = 0
