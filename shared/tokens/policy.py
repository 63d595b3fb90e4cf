"""What the settings say of tokens, as the rules want it."""

from shared.kernel.settings import Settings
from shared.kernel.unsafe import UnsafeSettings
from shared.tokens.models import Policy, Tier


def policy(settings: Settings) -> Policy:
    """Raises UnsafeSettings for words that mean nothing here."""
    _require(settings.hold_overrun in ("charge", "cap"), "HYPHAE_HOLD_OVERRUN: charge or cap.")
    _require(settings.hold_expiry in ("void", "full"), "HYPHAE_HOLD_EXPIRY: void or full.")
    _require("free" in settings.tiers, "HYPHAE_TIERS names no tier `free`.")
    percents = [text for text in settings.alerts if text.endswith("%")]
    amounts = [text for text in settings.alerts if text and not text.endswith("%")]
    return Policy(
        tiers={
            name: Tier(tokens, settings.rollover_caps.get(name, 0))
            for name, tokens in settings.tiers.items()
        },
        overrun=settings.hold_overrun,
        expiry=settings.hold_expiry,
        low_percents=tuple(_whole(text.removesuffix("%")) for text in percents),
        low_amounts=tuple(_whole(text) for text in amounts),
    )


def _whole(text: str) -> int:
    _require(text.isascii() and text.isdigit(), "HYPHAE_ALERTS: like 20%,5%,50.")
    return int(text)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise UnsafeSettings(otherwise)
