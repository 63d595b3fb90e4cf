"""Local runs write each notice into the log instead of sending it."""

from shared.notifications.models import Notice
from shared.platform.logs import log


class ConsoleSender:
    """Stands in for any channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    @property
    def channel(self) -> str:
        return self._channel

    def send(self, address: str, notice: Notice) -> None:
        log(
            "INFO",
            "notification",
            channel=self._channel,
            to=address,
            notification=notice.notice_id,
            subject=notice.subject,
            text=notice.text,
        )
