"""What every area is made of: settings, a clock, and doors outside that open on first use."""

import functools
from typing import TYPE_CHECKING

from shared.kernel.clock import Clock, utc_now
from shared.kernel.settings import Settings

if TYPE_CHECKING:
    from google.cloud.firestore import Client


class Base:
    """Building one costs nothing; each part is built when asked."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock

    def firestore(self, project: str) -> "Client":
        from shared.platform.firestore import connect

        return connect(project)

    @functools.cached_property
    def hub(self) -> "Client":
        return self.firestore(self.settings.hub)

    def publish(self, topic: str, data: bytes, **attributes: str) -> None:
        """To a topic of the hub; returns when it is stored."""
        from shared.platform.pubsub import publish

        publish(self.settings.hub, topic, data, **attributes)
