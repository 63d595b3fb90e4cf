"""Every sender keeps the same contract; mail and push do so towards a real server."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from firebase_admin import messaging

from shared.kernel.errors import DependencyUnavailable
from shared.kernel.messaging import MailServer as Address
from shared.notifications.models import EMAIL, PUSH, AddressGone, Notice, Sender, Undeliverable
from shared.notifications.vendors.console import ConsoleSender
from shared.notifications.vendors.fcm import FcmPush
from shared.notifications.vendors.smtp import SmtpMail
from tests.builders import unique
from tests.certificate import write_certificate
from tests.emulator.notifications.mail_server import MailServer
from tests.emulator.notifications.push_server import PushServer

TOLD = Notice("a" * 40, "Tokens are low: ¡atención!", "Hello,\n\n.\nthere are 3 tokens left.\n")
FROM = "Hyphae <tokens@hyphae.example>"
REFUSED = {
    "404 gone": ((404, "UNREGISTERED"), AddressGone),
    "403 of another project": ((403, "SENDER_ID_MISMATCH"), Undeliverable),
    "400 no token": ((400, "INVALID_ARGUMENT"), Undeliverable),
    "429 too many": ((429, "QUOTA_EXCEEDED"), DependencyUnavailable),
    "401 third party": ((401, "THIRD_PARTY_AUTH_ERROR"), DependencyUnavailable),
}


class Channel(NamedTuple):
    sender: Sender
    address: str


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushServer]:
    with PushServer() as server:
        monkeypatch.setattr(messaging._MessagingService, "FCM_URL", server.url)
        yield server


def mail(server: MailServer, user: str = "", password: str = "") -> SmtpMail:
    return SmtpMail(Address("127.0.0.1", server.port, user, password), FROM)


@pytest.fixture(params=["console email", "console push", "smtp", "fcm"])
def channel(request: pytest.FixtureRequest, mails: MailServer, pushes: PushServer) -> Channel:
    return {
        "console email": Channel(ConsoleSender(EMAIL), "ana@example.org"),
        "console push": Channel(ConsoleSender(PUSH), "device"),
        "smtp": Channel(mail(mails), "ana@example.org"),
        "fcm": Channel(FcmPush(pushes.app), "device"),
    }[request.param]


def test_a_sender_names_its_channel_and_sends_any_number_of_times(
    channel: Channel, mails: MailServer, pushes: PushServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        channel.sender.send(channel.address, TOLD)
    assert channel.sender.channel in (EMAIL, PUSH)
    ids = [str(letter["Message-ID"]) for letter in mails.letters]
    ids += [message["data"]["notificationId"] for message in pushes.messages]
    ids += capsys.readouterr().out.splitlines()
    assert len(ids) == 2
    assert all(TOLD.notice_id in found for found in ids)


def test_a_letter_says_what_it_should(mails: MailServer) -> None:
    mail(mails).send("ana@example.org", TOLD)
    (letter,) = mails.letters
    assert letter["Message-ID"] == f"<{TOLD.notice_id}@hyphae.example>"
    assert (letter["To"], letter["From"]) == ("ana@example.org", FROM)
    assert letter["Subject"] == TOLD.subject
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n") == TOLD.text  # type: ignore[attr-defined]  # EmailMessage


@pytest.mark.parametrize(
    ("verb", "answer", "failure"),
    [
        ("RCPT", "550 nobody here", Undeliverable),
        ("RCPT", "451 grey", DependencyUnavailable),
        ("MAIL", "550 not you", DependencyUnavailable),
        ("DATA", "554 no", Undeliverable),
        (".", "554 spam", Undeliverable),
        (".", "452 full", DependencyUnavailable),
        ("MAIL", "hang up", DependencyUnavailable),
        ("EHLO", "hang up", DependencyUnavailable),
    ],
)
def test_a_mail_server_s_refusal_stands_or_passes(
    mails: MailServer, verb: str, answer: str, failure: type[Exception]
) -> None:
    mails.answers[verb] = answer
    with pytest.raises(failure):
        mail(mails).send("ana@example.org", TOLD)
    assert mails.letters == []


@pytest.mark.parametrize("answer", ["hang up", "500 what"])
def test_a_letter_that_was_taken_is_sent_however_the_server_says_goodbye(
    mails: MailServer, answer: str
) -> None:
    mails.answers["QUIT"] = answer
    mail(mails).send("ana@example.org", TOLD)
    assert len(mails.letters) == 1


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@x.org, b@x.org", "a@x.org\r\nBcc: b@x.org", "a@x.org>\r\nDATA", "á@x.org"],
)
def test_what_is_no_address_reaches_nobody(mails: MailServer, address: str) -> None:
    with pytest.raises(Undeliverable):
        mail(mails).send(address, TOLD)
    assert mails.letters == []


def test_a_server_that_is_not_there_may_be_later() -> None:
    with MailServer() as server:
        port = server.port
    with pytest.raises(DependencyUnavailable):
        SmtpMail(Address("127.0.0.1", port), FROM).send("ana@example.org", TOLD)


def test_nothing_is_said_in_the_clear_to_another_machine(mails: MailServer) -> None:
    elsewhere = Address("127.1", mails.port, "user", "secret")
    with pytest.raises(DependencyUnavailable) as refusal:
        SmtpMail(elsewhere, FROM).send("ana@example.org", TOLD)
    assert refusal.value.reason == "smtp: no TLS"
    assert not any(line.startswith(("AUTH", "MAIL")) for line in mails.heard)


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS that this process believes."""
    certificate, key = write_certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_it_signs_in_over_tls(certified: ssl.SSLContext) -> None:
    with MailServer(certified) as server:
        SmtpMail(Address("localhost", server.port, "user", "secret"), FROM).send(
            "ana@example.org", TOLD
        )
    verbs = [line.split()[0].upper() for line in server.heard]
    assert verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    assert len(server.letters) == 1


def test_a_certificate_of_another_name_is_not_believed(certified: ssl.SSLContext) -> None:
    with MailServer(certified) as server, pytest.raises(DependencyUnavailable):
        mail(server, "user", "secret").send("ana@example.org", TOLD)
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.heard)


def test_a_push_replaces_itself_on_the_screen(pushes: PushServer) -> None:
    FcmPush(pushes.app).send("device", TOLD)
    (message,) = pushes.messages
    assert message["notification"] == {"title": TOLD.subject, "body": TOLD.text}
    assert message["android"]["notification"]["tag"] == TOLD.notice_id
    assert message["apns"]["headers"]["apns-collapse-id"] == TOLD.notice_id
    assert message["webpush"]["notification"]["tag"] == TOLD.notice_id


@pytest.mark.parametrize("case", REFUSED)
def test_what_fcm_refuses_stands_or_passes(pushes: PushServer, case: str) -> None:
    device, (refusal, failure) = unique("device"), REFUSED[case]
    pushes.refusals[device] = refusal
    with pytest.raises(failure) as raised:
        FcmPush(pushes.app).send(device, TOLD)
    assert raised.type is failure
