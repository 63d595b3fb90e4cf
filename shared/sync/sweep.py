"""The sweep: hold both sides of a route to each other, page by page, and mend what differs.

It verifies, repairs and back-fills alike: what the other side never had is a difference as any
other. A run is a chain of pages over Pub/Sub, each of which tells of the next once it is counted.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.ids import new_id
from shared.platform.firestore import ChangedMeanwhile
from shared.platform.logs import log
from shared.sync.comparing import Comparison, Sides
from shared.sync.mending import Case, Mender, Outcome
from shared.sync.routes import Route
from shared.sync.runs import RUNNING, STOPPED, Count, Page, Run, turned
from shared.sync.sweeps import Seen, Sweeps

LARGEST_PAGE = 100
MOST_ROUNDS = 3
PAGES_A_MINUTE = 12  # at least, so that no page waits longer than five seconds
Publish = Callable[[bytes], None]


class Sweep:
    """`per_minute` is the budget: documents that a run looks at in a minute, at most."""

    def __init__(
        self,
        sweeps: Sweeps,
        sides: Sides,
        mender: Mender,
        publish: Publish,
        per_minute: int,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sweeps = sweeps
        self._sides = sides
        self._mender = mender
        self._publish = publish
        self._per_minute = per_minute
        self._clock = clock
        self._sleep = sleep

    def start(self, route_id: str, kind: str) -> Run:
        """A new run, or the one that is under way. Raises NotFound, or Conflict if disabled."""
        route = self._sweeps.route(route_id)
        if route is None:
            raise NotFound(reason="route")
        if not route.enabled:
            raise Conflict("The route is not enabled.", reason="route_disabled")
        run = self._sweeps.under_way(route_id) or self._begun(route_id, kind)
        self._tell(run)
        return run

    def start_all(self) -> int:
        """A run of every enabled route that makes sense; how many."""
        started = 0
        for route_id in self._sweeps.enabled():
            with suppress(Conflict, NotFound):  # it is no route, or has just been disabled
                self.start(route_id, "nightly")
                started += 1
        return started

    def run(self, route_id: str, run_id: str) -> Run:
        """Raises NotFound, also for another route's run."""
        seen = self._sweeps.look(run_id)
        if seen is None or seen.run.route_id != route_id:
            raise NotFound(reason="run")
        return seen.run

    def turn(self, page: Page) -> None:
        """Mend a page, count it once, tell of the next. One that was counted is only passed on.

        Raises DependencyUnavailable, so that the page comes again.
        """
        seen = self._sweeps.look(page.run_id)
        if seen is None or seen.run.status != RUNNING:
            return
        if page.page == seen.run.page:
            self._turn(seen)
        elif page.page == seen.run.page - 1:
            self._tell(seen.run)

    def _turn(self, seen: Seen) -> None:
        began, route = self._clock(), self._sweeps.route(seen.run.route_id)
        if route is None or not route.enabled:
            self._counted(replace(seen.run, status=STOPPED, updated_at=began), seen)
            return
        found = self._sides.compare(route, seen.run.cursor, self._most, seen.run.run_id)
        outcome = self._mended(route, found.cases, seen.run.run_id)
        after = turned(seen.run, _counts(found, outcome), found.end, self._clock())
        if self._counted(after, seen):
            self._wait(len(found.tenants), (self._clock() - began).total_seconds())
            self._go_on(after)

    def _mended(self, route: Route, cases: Sequence[Case], run_id: str) -> Outcome:
        """What both sides hold is looked at again: one may have learned what the other lacks."""
        outcome = self._mender.mend(route, cases)
        for _ in range(MOST_ROUNDS - 1):
            ids = [case.document_id for case in cases if not case.alone]
            cases = self._sides.again(ids, route, run_id) if ids else ()
            outcome += self._mender.mend(route, cases)
        return outcome

    @property
    def _most(self) -> int:
        return max(1, min(LARGEST_PAGE, self._per_minute // PAGES_A_MINUTE))

    def _counted(self, run: Run, seen: Seen) -> bool:
        """False if another delivery of this page was faster; it tells of the next."""
        try:
            self._sweeps.save(run, seen.updated)
        except ChangedMeanwhile:
            return False
        return True

    def _go_on(self, run: Run) -> None:
        if run.status == RUNNING:
            self._tell(run)
        else:
            severity = "WARNING" if run.total.drift else "INFO"
            log(severity, "swept", route=run.route_id, run=run.run_id, **run.total._asdict())
            self._follow(run)

    def _follow(self, run: Run) -> None:
        """What was written while a change of the routes was news may be behind the run: go again.

        Where this is not reached, the nightly run finds it.
        """
        captured = self._sweeps.captured_from()
        if captured and run.started_at < captured:
            self._sleep(max(0.0, (captured - self._clock()).total_seconds()))
            with suppress(Conflict, NotFound):  # it has been ended, or disabled
                self.start(run.route_id, run.kind)

    def _begun(self, route_id: str, kind: str) -> Run:
        now = self._clock()
        run = Run(new_id(), route_id, kind, now, now)
        self._sweeps.add(run)
        return run

    def _tell(self, run: Run) -> None:
        self._publish(Page(run_id=run.run_id, page=run.page).model_dump_json().encode())

    def _wait(self, documents: int, taken: float) -> None:
        self._sleep(max(0.0, documents * 60 / self._per_minute - taken))


def _counts(found: Comparison, outcome: Outcome) -> Mapping[str, Count]:
    mended = outcome.mended | found.mended
    counts: dict[str, Count] = {}
    for name, tenant in found.tenants.items():
        one = Count(1, int(name in mended), int(name in outcome.refused))
        counts[tenant] = counts.get(tenant, Count()) + one
    return counts
