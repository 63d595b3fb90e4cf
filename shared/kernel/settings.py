"""Settings: read once from the environment into a frozen value, and refused when unsafe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.kernel.encryption import (
    EncryptionSettings,
    read_encryption,
    refuse_local_key,
    refuse_real_key,
)
from shared.kernel.errors import Forbidden
from shared.kernel.limiting import LimitSettings, read_limits
from shared.kernel.messaging import (
    MessagingSettings,
    read_messaging,
    refuse_console,
    refuse_mute,
    refuse_real_people,
)
from shared.kernel.payments import (
    Package,
    StripeSettings,
    read_packages,
    read_stripe,
    refuse_another_stripe,
    refuse_real_money,
)
from shared.kernel.trust import TrustSettings, read_trust
from shared.kernel.unsafe import UnsafeSettings
from shared.kernel.web import WebSettings, read_web

EMULATOR_VARIABLE = "_EMULATOR_HOST"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_TIERS = {"free": 100, "pro": 10_000, "business": 100_000, "enterprise": 1_000_000}


@dataclass(frozen=True, slots=True)
class Settings:
    """`projects` maps an alias (`app`) to a project id; `tiers` a tier to its tokens a cycle.

    `rollover_caps` says how many unspent tokens a tier carries over; `alerts` are thresholds of
    what is left, in percent of the tier's tokens (`20%`) or in tokens (`50`). `hold_overrun` is
    `charge` or `cap`, `hold_expiry` is `void` or `full`: what a hold costs beyond its plan.
    `sweep_per_minute` is how many documents a run of the sync's sweep looks at in a minute.
    """

    local: bool
    hub: str
    projects: Mapping[str, str]
    key_pepper: bytes = field(repr=False)
    tiers: Mapping[str, int]
    rollover_caps: Mapping[str, int] = field(default_factory=dict)
    alerts: tuple[str, ...] = ("20%",)
    hold_overrun: str = "charge"
    hold_expiry: str = "void"
    sweep_per_minute: int = 6_000
    packages: Mapping[str, Package] = field(default_factory=dict)
    stripe: StripeSettings = field(default_factory=StripeSettings)
    messaging: MessagingSettings = field(default_factory=MessagingSettings)
    encryption: EncryptionSettings = field(default_factory=EncryptionSettings)
    trust: TrustSettings = field(default_factory=TrustSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    web: WebSettings = field(default_factory=WebSettings)

    @property
    def environment(self) -> str:
        return "dev" if self.local else "live"

    @property
    def registered_projects(self) -> frozenset[str]:
        return frozenset(self.projects.values()) | {self.hub}

    @property
    def issuer(self) -> str:
        """Who signs the access tokens: `/.well-known/jwks.json` behind it has the keys."""
        return f"https://{self.hub}.web.app"

    def alias(self, project: str) -> str:
        """The short name of a registered project, the hub's is `hub`; Forbidden for any other."""
        names = {self.hub: "hub"} | {value: key for key, value in self.projects.items()}
        if project not in names:
            raise Forbidden(reason="unregistered_project")
        return names[project]


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from the variables HYPHAE_* and STRIPE_*; docs/settings.md lists them."""
    hub = environ.get("HYPHAE_HUB") or environ.get("GCLOUD_PROJECT", "")
    local = environ.get("HYPHAE_ENV") == "local"
    settings = Settings(
        local=local,
        hub=hub,
        projects=_pairs(environ.get("HYPHAE_PROJECTS", "")),
        key_pepper=environ.get("HYPHAE_KEY_PEPPER", "").encode(),
        tiers=_numbers(environ.get("HYPHAE_TIERS"), DEFAULT_TIERS),
        rollover_caps=_numbers(environ.get("HYPHAE_ROLLOVER_CAPS"), {}),
        alerts=tuple(environ.get("HYPHAE_ALERTS", "20%").split(",")),
        hold_overrun=environ.get("HYPHAE_HOLD_OVERRUN") or "charge",
        hold_expiry=environ.get("HYPHAE_HOLD_EXPIRY") or "void",
        sweep_per_minute=_positive(environ.get("HYPHAE_SWEEP_PER_MINUTE"), 6_000),
        packages=read_packages(environ.get("HYPHAE_PACKAGES")),
        stripe=read_stripe(environ, hub),
        messaging=read_messaging(environ, local),
        encryption=read_encryption(environ),
        trust=read_trust(environ, {"hub": hub, **_pairs(environ.get("HYPHAE_PROJECTS", ""))}),
        limits=read_limits(environ, local),
        web=read_web(environ, local),
    )
    _refuse_unsafe(settings, environ)
    return settings


def _numbers(text: str | None, default: Mapping[str, int]) -> Mapping[str, int]:
    """A JSON object of whole numbers."""
    found = json.loads(text) if text else default
    if not all(type(value) is int and value >= 0 for value in found.values()):
        raise UnsafeSettings("Tiers and caps are whole numbers of tokens.")
    return MappingProxyType(dict(found))


def _positive(text: str | None, default: int) -> int:
    if text and not (text.isascii() and text.isdecimal() and int(text)):
        raise UnsafeSettings("HYPHAE_SWEEP_PER_MINUTE is a number of documents.")
    return int(text or default)


def _pairs(text: str) -> Mapping[str, str]:
    split = (pair.split("=", 1) for pair in text.split(",") if pair)
    return MappingProxyType({alias.strip(): project.strip() for alias, project in split})


def _refuse_unsafe(settings: Settings, environ: Mapping[str, str]) -> None:
    refuse_mute(settings.messaging)
    if settings.local:
        _refuse_cloud_in_local(settings, environ)
        refuse_real_money(settings.stripe)
        refuse_real_people(settings.messaging)
        refuse_real_key(settings.encryption)
    else:
        _refuse_emulators(environ)
        refuse_another_stripe(settings.stripe)
        refuse_console(settings.messaging)
        refuse_local_key(settings.encryption)
    if not settings.hub:
        raise UnsafeSettings("HYPHAE_HUB names no project.")


def _refuse_emulators(environ: Mapping[str, str]) -> None:
    """One variable switches off every signature check of the vendor's SDK: never start so."""
    if found := _emulators(environ):
        raise UnsafeSettings(f"Emulator variables outside HYPHAE_ENV=local: {', '.join(found)}")


def _refuse_cloud_in_local(settings: Settings, environ: Mapping[str, str]) -> None:
    real = sorted(p for p in settings.registered_projects if not p.startswith("demo-"))
    if real or environ.get("K_CONFIGURATION"):
        raise UnsafeSettings(f"HYPHAE_ENV=local in the cloud or with real projects: {real}")
    hosts = _emulators(environ).values()
    if any(host.removeprefix("http://").rsplit(":", 1)[0] not in LOOPBACK for host in hosts):
        raise UnsafeSettings("Emulators must listen on loopback.")


def _emulators(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Where any emulator is, by its variable; an empty one names none."""
    return {k: v for k, v in environ.items() if k.endswith(EMULATOR_VARIABLE) and v}
