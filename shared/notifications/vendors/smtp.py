"""E-mail by SMTP, over TLS; in the clear to this machine alone."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as INTERNET
from email.utils import formatdate

from shared.kernel.errors import DependencyUnavailable
from shared.kernel.messaging import MailServer
from shared.notifications.models import EMAIL, Notice, Undeliverable

TIMEOUT_SECONDS = 10.0


class SmtpMail:
    """A connection a letter: accounts have little to tell. The notice's id is its Message-ID."""

    channel = EMAIL

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, address: str, notice: Notice) -> None:
        letter = _letter(self._sender, address, notice)
        with _judged(), _session(self._server) as session:
            session.send_message(letter, to_addrs=[address])


def _letter(sender: str, address: str, notice: Notice) -> EmailMessage:
    letter = EmailMessage(policy=INTERNET)
    letter["From"] = sender
    letter["Subject"] = notice.subject
    letter["Date"] = formatdate()
    letter["Message-ID"] = f"<{notice.notice_id}@{sender.rpartition('@')[2].rstrip('> ')}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(notice.text)
    try:
        letter["To"] = Address(addr_spec=address)
    except (MessageError, ValueError, IndexError) as bad:
        raise Undeliverable("not an e-mail address") from bad
    return letter


@contextmanager
def _session(server: MailServer) -> Iterator[smtplib.SMTP]:
    session = _connected(server)
    try:
        _introduced(session, server)
        yield session
        # The letter is handed over; a server that hangs up in anger has it nevertheless.
        with suppress(smtplib.SMTPException, OSError):
            session.quit()
    finally:
        session.close()


def _connected(server: MailServer) -> smtplib.SMTP:
    if not server.wrapped:
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    tls = ssl.create_default_context()
    return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)


def _introduced(session: smtplib.SMTP, server: MailServer) -> None:
    session.ehlo()
    if session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
        session.ehlo()
    elif not (server.wrapped or server.here):
        raise DependencyUnavailable(reason="smtp: no TLS")
    if server.user:
        session.login(server.user, server.password)


@contextmanager
def _judged() -> Iterator[None]:
    """What a server says of the recipient or of the letter stands; all else may pass."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        ((code, _),) = refused.recipients.values()
        raise _judgement(code) from refused
    except smtplib.SMTPDataError as refused:
        raise _judgement(refused.smtp_code) from refused
    except smtplib.SMTPNotSupportedError as beyond:
        raise Undeliverable("smtp: the server cannot") from beyond
    except (smtplib.SMTPException, OSError) as failure:
        raise DependencyUnavailable(reason=f"smtp: {type(failure).__name__}") from failure


def _judgement(code: int) -> Exception:
    if code >= 500:
        return Undeliverable(f"smtp: {code}")
    return DependencyUnavailable(reason=f"smtp: {code}")
