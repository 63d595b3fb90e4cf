"""Changes that cannot be mirrored: why, and what is kept of them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A change that cannot be mirrored, and why."""

    cause: str
    event_id: str
    project: str = ""
    path: str = ""
    peer: str = ""
    data: bytes = field(default=b"", repr=False)
    tenant_id: str = ""
    at: datetime | None = field(default=None, compare=False)  # when the change was made


class Refused(Exception):
    """This change can never be mirrored there."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
