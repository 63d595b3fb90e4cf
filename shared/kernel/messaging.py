"""Settings of what is sent to people, and through whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from shared.kernel.unsafe import LOOPBACK, UnsafeSettings

NONE, CONSOLE, SMTP, FCM = "none", "console", "smtp", "fcm"
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed over; `wrapped` is TLS from the first byte instead of STARTTLS."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    wrapped: bool = False

    @property
    def here(self) -> bool:
        return self.host in LOOPBACK


@dataclass(frozen=True, slots=True)
class MessagingSettings:
    """`email` is none, console or smtp, which needs `server` and `sender`; `push` is none,
    console or fcm."""

    email: str = NONE
    push: str = NONE
    server: MailServer | None = None
    sender: str = ""


def read_messaging(environ: Mapping[str, str], local: bool) -> MessagingSettings:
    """Locally everything goes to the console; elsewhere nothing goes out unless it is set."""
    default = CONSOLE if local else NONE
    url = environ.get("HYPHAE_SMTP_URL", "")
    return MessagingSettings(
        email=environ.get("HYPHAE_EMAIL") or default,
        push=environ.get("HYPHAE_PUSH") or default,
        server=_server(url) if url else None,
        sender=environ.get("HYPHAE_EMAIL_FROM", ""),
    )


def refuse_mute(messaging: MessagingSettings) -> None:
    """What cannot send what it is told to send."""
    if messaging.email not in (NONE, CONSOLE, SMTP):
        raise UnsafeSettings("HYPHAE_EMAIL is none, console or smtp.")
    if messaging.push not in (NONE, CONSOLE, FCM):
        raise UnsafeSettings("HYPHAE_PUSH is none, console or fcm.")
    if messaging.email == SMTP and not (messaging.server and "@" in messaging.sender):
        raise UnsafeSettings("HYPHAE_EMAIL=smtp needs HYPHAE_SMTP_URL and HYPHAE_EMAIL_FROM.")


def refuse_real_people(messaging: MessagingSettings) -> None:
    """Nothing leaves the machine from a local run."""
    if messaging.push == FCM:
        raise UnsafeSettings("HYPHAE_PUSH=fcm in HYPHAE_ENV=local.")
    if messaging.server and not messaging.server.here:
        raise UnsafeSettings("HYPHAE_SMTP_URL must be on loopback.")


def refuse_console(messaging: MessagingSettings) -> None:
    """People's addresses have no business in logs."""
    if CONSOLE in (messaging.email, messaging.push):
        raise UnsafeSettings("HYPHAE_EMAIL or HYPHAE_PUSH is console outside HYPHAE_ENV=local.")


def _server(url: str) -> MailServer:
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise UnsafeSettings("HYPHAE_SMTP_URL is smtp://user:password@host:port.") from None
    if not parts.hostname:
        raise UnsafeSettings("HYPHAE_SMTP_URL names no host.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port, user, password, parts.scheme == "smtps")
