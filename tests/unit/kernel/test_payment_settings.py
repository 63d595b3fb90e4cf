"""What is sold, and who takes the money: refused at start where it makes no sense."""

import json
from typing import Any

import pytest

from shared.kernel.payments import Package
from shared.kernel.settings import read_settings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import LIVE

LOCAL = {"HYPHAE_ENV": "local", "HYPHAE_HUB": "demo-hub", "HYPHAE_KEY_PEPPER": "pepper"}
PACKAGE: dict[str, Any] = {"tokens": 5, "price": 100, "currency": "usd"}


def packages(found: Any) -> Any:
    return read_settings(LIVE | {"HYPHAE_PACKAGES": json.dumps(found)}).packages


def test_there_are_three_packages_unless_the_settings_say_otherwise() -> None:
    assert list(read_settings(LIVE).packages) == ["small", "medium", "large"]
    assert packages({"tiny": PACKAGE}) == {"tiny": Package(5, 100, "usd")}


@pytest.mark.parametrize(
    "changes",
    [
        {"tokens": 0},
        {"tokens": -1},
        {"tokens": 1.5},
        {"tokens": "5"},
        {"tokens": True},
        {"tokens": None},
        {"price": 0},
        {"price": 9.99},
        {"price": 2**53},
        {"currency": "EUR"},
        {"currency": "euro"},
        {"currency": None},
    ],
)
def test_a_package_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnsafeSettings, match="tiny"):
        packages({"tiny": PACKAGE | changes})


@pytest.mark.parametrize("name", ["", "a/b", "__x__", "é"])
def test_a_package_that_nobody_could_name_is_refused(name: str) -> None:
    with pytest.raises(UnsafeSettings):
        packages({name: PACKAGE})


def test_the_secrets_are_not_shown() -> None:
    secrets = {"STRIPE_API_KEY": "sk_live_hidden", "STRIPE_WEBHOOK_SECRET": "whsec_hidden"}
    settings = read_settings(LIVE | secrets)
    assert (settings.stripe.api_key, settings.stripe.webhook_secret) == tuple(secrets.values())
    assert "hidden" not in f"{settings!r} {settings}"


def test_nobody_answers_for_stripe_in_production() -> None:
    with pytest.raises(UnsafeSettings, match="API_BASE"):
        read_settings(LIVE | {"HYPHAE_STRIPE_API_BASE": "http://127.0.0.1:9799"})


@pytest.mark.parametrize("base", ["http://127.0.0.1:9799", "http://localhost:9799"])
def test_a_stand_in_answers_on_loopback(base: str) -> None:
    assert read_settings(LOCAL | {"HYPHAE_STRIPE_API_BASE": base}).stripe.api_base == base


@pytest.mark.parametrize(
    "base", ["http://evil.example", "http://127.0.0.1@evil.example", "127.0.0.1:9799", "x"]
)
def test_and_nowhere_else(base: str) -> None:
    with pytest.raises(UnsafeSettings):
        read_settings(LOCAL | {"HYPHAE_STRIPE_API_BASE": base})


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x", "x"])
def test_no_real_money_moves_in_local_runs(key: str) -> None:
    with pytest.raises(UnsafeSettings, match="STRIPE_API_KEY"):
        read_settings(LOCAL | {"STRIPE_API_KEY": key})


def test_buyers_come_back_to_the_hub_unless_the_settings_say_otherwise() -> None:
    assert read_settings(LIVE).stripe.return_url == "https://real-hub.web.app/"
    elsewhere = {"HYPHAE_CHECKOUT_RETURN_URL": "https://shop.example/done?x=1"}
    assert read_settings(LIVE | elsewhere).stripe.return_url == "https://shop.example/done?x=1"
