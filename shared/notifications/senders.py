"""The channels that the settings choose."""

from functools import partial

from shared.kernel.messaging import CONSOLE, FCM, SMTP, MessagingSettings
from shared.notifications.models import EMAIL, PUSH, Sender
from shared.notifications.vendors.console import ConsoleSender
from shared.notifications.vendors.fcm import FcmPush, app_of
from shared.notifications.vendors.smtp import SmtpMail
from shared.platform.logs import log


def senders(settings: MessagingSettings, project: str) -> list[Sender]:
    """A channel that is switched off is said once, since nobody is going to miss it aloud."""
    chosen = {EMAIL: _mail(settings), PUSH: _push(settings, project)}
    for channel in (name for name, sender in chosen.items() if sender is None):
        log("WARNING", "channel is switched off", channel=channel)
    return [sender for sender in chosen.values() if sender]


def _mail(settings: MessagingSettings) -> Sender | None:
    if settings.email == CONSOLE:
        return ConsoleSender(EMAIL)
    if settings.email == SMTP and settings.server:
        return SmtpMail(settings.server, settings.sender)
    return None


def _push(settings: MessagingSettings, project: str) -> Sender | None:
    if settings.push == CONSOLE:
        return ConsoleSender(PUSH)
    return FcmPush(partial(app_of, project)) if settings.push == FCM else None
