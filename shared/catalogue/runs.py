"""Use cases of a tenant's syncs: what products report, and manual runs.

A run tells the whole menu again, to one product and part by part: with each part the run's place is
committed, so a message that comes twice, or after a crash, goes on where the last one ended.
"""

from collections.abc import Callable, Sequence
from functools import partial

from shared.auth.directory import Directory
from shared.auth.models import Tenant
from shared.catalogue import progress, rules
from shared.catalogue.messages import RunMessage
from shared.catalogue.models import (
    ITEMS,
    SECTIONS,
    Entry,
    Menu,
    Part,
    Place,
    Report,
    Run,
    TenantSync,
)
from shared.catalogue.store import Menus
from shared.catalogue.syncs import Stored, TenantSyncs
from shared.events.service import EventBus
from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.kernel.ids import new_id
from shared.platform.firestore import ChangedMeanwhile, pause

PART = 20  # of each collection: what Eventarc takes holds more of the largest there may be
PARTS_A_DELIVERY = 100


class Syncing:
    """The state of each product of a tenant, and runs that bring one up to date."""

    def __init__(
        self,
        directory: Directory,
        menus: Menus,
        syncs: TenantSyncs,
        bus: EventBus,
        publish: Callable[..., None],
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._menus = menus
        self._syncs = syncs
        self._bus = bus
        self._publish = publish
        self._clock = clock

    def of(self, tenant: Tenant) -> Sequence[TenantSync]:
        return self._syncs.of(tenant)

    def report(self, tenant: Tenant, product_type: str, report: Report) -> TenantSync:
        """What a product says of itself; raises NotFound for a product that the tenant has not."""
        _require_product(tenant, product_type)
        decide = partial(progress.reported, report=report, now=self._clock())
        return self._syncs.change(tenant.tenant_id, product_type, decide)

    def begin(self, tenant: Tenant, product_type: str, traceparent: str = "") -> TenantSync:
        """A run, or the one under way; it is sent on its way in either case."""
        _require_product(tenant, product_type)
        decide = partial(progress.begun, run_id=new_id(), now=self._clock())
        sync = self._syncs.change(tenant.tenant_id, product_type, decide)
        self._send(tenant.tenant_id, sync, traceparent)
        return sync

    def go_on(self, message: RunMessage, traceparent: str = "") -> None:
        """The next parts of a run; nothing where it has ended. Its failure is its outcome."""
        try:
            self._tell_parts(message, traceparent)
        except DependencyUnavailable:
            raise
        except Exception as failure:
            self._fail(message, type(failure).__name__)
            raise

    def _tell_parts(self, message: RunMessage, traceparent: str) -> None:
        tenant = self._directory.tenant(message.tenant_id)
        _require_product(tenant, message.product_type)
        for attempt in range(PARTS_A_DELIVERY):
            stored = self._syncs.get(tenant.tenant_id, message.product_type)
            run = progress.under_way(stored.sync, message.run_id)
            if run is None:
                return
            try:
                self._tell_part(tenant, stored, run)
            except ChangedMeanwhile:
                pause(attempt)
        self._send(tenant.tenant_id, stored.sync, traceparent)

    def _tell_part(self, tenant: Tenant, before: Stored, run: Run) -> None:
        now = self._clock()
        part = self._part(tenant, run.place)
        event = rules.republication(tenant, before.sync.product_type, run, part, now)
        after = progress.advanced(before.sync, run, part, now)
        self._syncs.save(tenant.tenant_id, before, after, self._bus.recording(event))

    def _part(self, tenant: Tenant, place: Place) -> Part:
        """The sections first, and items as soon as there is room for them."""
        sections: Sequence[Entry] = ()
        after = place.after
        if place.collection == SECTIONS.collection:
            sections, after = self._menus.page(Menu(tenant, SECTIONS), PART, after), ""
            if len(sections) == PART:
                return Part(sections, (), Place(SECTIONS.collection, sections[-1].entry_id))
        items = self._menus.page(Menu(tenant, ITEMS), PART, after)
        more = Place(ITEMS.collection, items[-1].entry_id) if len(items) == PART else None
        return Part(sections, items, more)

    def _fail(self, message: RunMessage, error: str) -> None:
        now = self._clock()

        def decide(sync: TenantSync) -> TenantSync:
            run = progress.under_way(sync, message.run_id)
            return progress.failed(sync, error, now) if run else sync

        self._syncs.change(message.tenant_id, message.product_type, decide)

    def _send(self, tenant_id: str, sync: TenantSync, traceparent: str) -> None:
        if sync.run is None:
            return
        wanted = RunMessage(
            tenant_id=tenant_id, product_type=sync.product_type, run_id=sync.run.run_id
        )
        trace = {"traceparent": traceparent} if traceparent else {}
        self._publish(wanted.model_dump_json().encode(), **trace)


def _require_product(tenant: Tenant, product_type: str) -> None:
    if product_type not in tenant.products:
        raise NotFound(reason="product")
