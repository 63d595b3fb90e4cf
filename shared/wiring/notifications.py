"""What notifications is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.notifications.service import Notifier


class NotificationsWiring(Base):
    @functools.cached_property
    def notifier(self) -> "Notifier":
        from shared.auth.contacts import Contacts
        from shared.notifications.senders import senders
        from shared.notifications.service import Notifier
        from shared.notifications.store import Notifications

        channels = senders(self.settings.messaging, self.settings.hub)
        return Notifier(Contacts(self.hub), Notifications(self.hub, self.clock), channels)
