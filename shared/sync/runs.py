"""Runs of the sweep: how far each has come, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

RUNNING, DONE, STOPPED = "running", "done", "stopped"
MOST_TENANTS = 2_000
OTHERS = ""  # tenants beyond those, and documents of none


class Page(BaseModel):
    """The number of a page of a run, as it travels over Pub/Sub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    page: int


class Count(NamedTuple):
    """Documents that were looked at (on one side or both), written, and refused."""

    documents: int = 0
    mended: int = 0
    refused: int = 0

    @property
    def drift(self) -> int:
        """Documents in which the sides differed."""
        return self.mended + self.refused

    def __add__(self, other: "Count") -> "Count":  # type: ignore[override]  # of tuples
        return Count(*(mine + others for mine, others in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Run:
    """`sync_runs/{runId}`: the next page, and the id behind which it begins."""

    run_id: str
    route_id: str
    kind: str
    started_at: datetime
    updated_at: datetime
    status: str = RUNNING
    page: int = 0
    cursor: str = ""
    tenants: Mapping[str, Count] = field(default_factory=dict)

    @property
    def total(self) -> Count:
        return sum(self.tenants.values(), Count())


def turned(run: Run, found: Mapping[str, Count], end: str | None, now: datetime) -> Run:
    """The run after its page; the last page has no end."""
    return replace(
        run,
        updated_at=now,
        status=RUNNING if end else DONE,
        page=run.page + 1,
        cursor=end or "",
        tenants=_counted(run.tenants, found),
    )


def _counted(known: Mapping[str, Count], found: Mapping[str, Count]) -> Mapping[str, Count]:
    counts = dict(known)
    for tenant, count in found.items():
        name = tenant if tenant in counts or len(counts) < MOST_TENANTS else OTHERS
        counts[name] = counts.get(name, Count()) + count
    return counts
