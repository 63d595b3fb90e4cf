"""Settings of what is sold and of who takes the money for it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shared.kernel.ids import is_safe_id
from shared.kernel.unsafe import UnsafeSettings

CURRENCY = re.compile(r"[a-z]{3}", re.ASCII)
LARGEST = 2**53 - 1
DEFAULT_PACKAGES = {
    "small": {"tokens": 1_000, "price": 990, "currency": "eur"},
    "medium": {"tokens": 10_000, "price": 7_900, "currency": "eur"},
    "large": {"tokens": 100_000, "price": 59_000, "currency": "eur"},
}


class Package(NamedTuple):
    """Tokens that are bought together; `price` in minor units of `currency`."""

    tokens: int
    price: int
    currency: str


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """How Stripe is reached; without a key it is not. `api_base` is for local runs alone."""

    api_key: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    api_base: str = ""
    return_url: str = ""


def read_packages(text: str | None) -> Mapping[str, Package]:
    """From a JSON object of packages by their ids; the usual three where there is none."""
    found = json.loads(text) if text else DEFAULT_PACKAGES
    return MappingProxyType({name: _package(name, members) for name, members in found.items()})


def read_stripe(environ: Mapping[str, str], hub: str) -> StripeSettings:
    return StripeSettings(
        api_key=environ.get("STRIPE_API_KEY", ""),
        webhook_secret=environ.get("STRIPE_WEBHOOK_SECRET", ""),
        api_base=environ.get("HYPHAE_STRIPE_API_BASE", ""),
        return_url=environ.get("HYPHAE_CHECKOUT_RETURN_URL") or f"https://{hub}.web.app/",
    )


def refuse_another_stripe(stripe: StripeSettings) -> None:
    """Whoever answers for Stripe says what was paid."""
    if stripe.api_base:
        raise UnsafeSettings("HYPHAE_STRIPE_API_BASE outside HYPHAE_ENV=local.")


def refuse_real_money(stripe: StripeSettings) -> None:
    if stripe.api_key and "_test_" not in stripe.api_key:
        raise UnsafeSettings("STRIPE_API_KEY is not a test key, in HYPHAE_ENV=local.")
    if stripe.api_base and urlsplit(stripe.api_base).hostname not in ("127.0.0.1", "localhost"):
        raise UnsafeSettings("HYPHAE_STRIPE_API_BASE must be on loopback.")


def _package(name: str, members: Mapping[str, Any]) -> Package:
    tokens, price, currency = (members.get(member) for member in Package._fields)
    whole = all(type(number) is int and 0 < number <= LARGEST for number in (tokens, price))
    if not (whole and is_safe_id(name) and CURRENCY.fullmatch(str(currency))):
        raise UnsafeSettings(f"Package {name}: tokens, price in minor units, currency like eur.")
    return Package(int(tokens or 0), int(price or 0), str(currency))
