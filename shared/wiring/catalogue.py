"""What the catalogue is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.events import EventsWiring

if TYPE_CHECKING:
    from shared.auth.directory import Directory
    from shared.catalogue.runs import Syncing
    from shared.catalogue.service import Catalogue
    from shared.catalogue.store import Menus


class CatalogueWiring(EventsWiring):
    @functools.cached_property
    def directory(self) -> "Directory":
        from shared.auth.directory import Directory

        return Directory(self.hub)

    @functools.cached_property
    def menus(self) -> "Menus":
        from shared.catalogue.store import Menus

        return Menus(self.hub)

    @functools.cached_property
    def catalogue(self) -> "Catalogue":
        from shared.catalogue.service import Catalogue

        return Catalogue(self.menus, self.event_bus, self.clock)

    @functools.cached_property
    def syncing(self) -> "Syncing":
        from shared.catalogue.runs import Syncing
        from shared.catalogue.syncs import TenantSyncs

        publish = functools.partial(self.publish, "tenant-syncs")
        stores = self.menus, TenantSyncs(self.hub)
        return Syncing(self.directory, *stores, self.event_bus, publish, self.clock)
