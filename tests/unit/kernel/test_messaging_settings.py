"""Settings of e-mail and push: nothing goes out unless it was meant to."""

import pytest

from shared.kernel.messaging import MailServer, MessagingSettings
from shared.kernel.settings import read_settings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import LIVE

LOCAL = {"HYPHAE_ENV": "local", "HYPHAE_HUB": "demo-hub"}
SMTP = {
    "HYPHAE_EMAIL": "smtp",
    "HYPHAE_SMTP_URL": "smtp://user:p%40ss@mail.example.org",
    "HYPHAE_EMAIL_FROM": "Hyphae <tokens@example.org>",
}


def messaging(base: dict[str, str], **changes: str) -> MessagingSettings:
    return read_settings(base | changes).messaging


def test_nothing_goes_out_unless_it_is_set() -> None:
    assert (messaging(LIVE).email, messaging(LIVE).push) == ("none", "none")


def test_a_local_run_writes_to_the_console() -> None:
    assert (messaging(LOCAL).email, messaging(LOCAL).push) == ("console", "console")


def test_a_mail_server_is_named_by_a_url() -> None:
    assert messaging(LIVE | SMTP).server == MailServer("mail.example.org", 587, "user", "p@ss")
    wrapped = messaging(LIVE | SMTP, HYPHAE_SMTP_URL="smtps://mail.example.org").server
    assert wrapped == MailServer("mail.example.org", 465, wrapped=True)


def test_a_password_is_not_shown() -> None:
    assert "p@ss" not in repr(read_settings(LIVE | SMTP))


@pytest.mark.parametrize("missing", ["HYPHAE_SMTP_URL", "HYPHAE_EMAIL_FROM"])
def test_mail_needs_a_server_and_a_sender(missing: str) -> None:
    with pytest.raises(UnsafeSettings, match=missing):
        messaging(LIVE | SMTP, **{missing: ""})


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:port", "smtp://:25"]
)
def test_a_url_that_names_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(UnsafeSettings, match="HYPHAE_SMTP_URL"):
        messaging(LIVE | SMTP, HYPHAE_SMTP_URL=url)


@pytest.mark.parametrize(
    ("name", "value"), [("HYPHAE_EMAIL", "Smtp"), ("HYPHAE_EMAIL", "fcm"), ("HYPHAE_PUSH", "smtp")]
)
def test_a_channel_that_is_not_known_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnsafeSettings, match=name):
        messaging(LIVE, **{name: value})


@pytest.mark.parametrize("name", ["HYPHAE_EMAIL", "HYPHAE_PUSH"])
def test_production_does_not_log_addresses(name: str) -> None:
    with pytest.raises(UnsafeSettings, match="console"):
        messaging(LIVE, **{name: "console"})


@pytest.mark.parametrize(
    "changes", [{"HYPHAE_PUSH": "fcm"}, SMTP], ids=["push to devices", "mail to people"]
)
def test_a_local_run_reaches_nobody(changes: dict[str, str]) -> None:
    with pytest.raises(UnsafeSettings):
        messaging(LOCAL | changes)


def test_a_local_run_may_use_a_mail_server_of_its_own() -> None:
    found = messaging(LOCAL | SMTP, HYPHAE_SMTP_URL="smtp://127.0.0.1:2525").server
    assert found == MailServer("127.0.0.1", 2525)
