"""Runs of the sweep: an administrator starts one, and looks how far it has come."""

from typing import Literal

from functions.sync.area import area
from shared.entry.http import Call
from shared.entry.wire import Moment, Nothing, Wire
from shared.sync.runs import Count, Run
from shared.wiring import Wiring

ROUTES = "sync:route:write"


class Counts(Wire):
    """Documents looked at; those in which the sides differed: mended, or refused for good."""

    documents: int
    drift: int
    mended: int
    refused: int


class TenantCounts(Counts):
    tenant_id: str


class RunAnswer(Counts):
    run_id: str
    route_id: str
    kind: Literal["verify", "backfill", "nightly"]
    status: Literal["running", "done", "stopped"]
    started_at: Moment
    updated_at: Moment
    pages: int
    tenants: tuple[TenantCounts, ...]


@area.route("POST", "/routes/<route_id>/verify", Nothing, RunAnswer, status=202)
def verify(call: Call[Nothing], wiring: Wiring) -> RunAnswer:
    return _started(call, wiring, "verify")


@area.route("POST", "/routes/<route_id>/backfill", Nothing, RunAnswer, status=202)
def backfill(call: Call[Nothing], wiring: Wiring) -> RunAnswer:
    return _started(call, wiring, "backfill")


@area.route("GET", "/routes/<route_id>/runs/<run_id>", Nothing, RunAnswer)
def run(call: Call[Nothing], wiring: Wiring) -> RunAnswer:
    wiring.auth.require_platform(call.caller, ROUTES)
    return _answer(wiring.sweep.run(call.path["route_id"], call.path["run_id"]))


def _started(call: Call[Nothing], wiring: Wiring, kind: str) -> RunAnswer:
    wiring.auth.require_platform(call.caller, ROUTES)
    return _answer(wiring.sweep.start(call.path["route_id"], kind))


def _answer(run: Run) -> RunAnswer:
    return RunAnswer.model_validate(
        {
            "run_id": run.run_id,
            "route_id": run.route_id,
            "kind": run.kind,
            "status": run.status,
            "started_at": run.started_at,
            "updated_at": run.updated_at,
            "pages": run.page,
            "tenants": tuple(
                {"tenant_id": name, **_counts(count)} for name, count in run.tenants.items()
            ),
            **_counts(run.total),
        }
    )


def _counts(count: Count) -> dict[str, int]:
    return {**count._asdict(), "drift": count.drift}
