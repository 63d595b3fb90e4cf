"""Settings of what the backbone signs, whom it trusts, and who may cross over to where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from shared.kernel.ids import is_safe_id
from shared.kernel.json_settings import json_object
from shared.kernel.unsafe import UnsafeSettings

PRIVATE_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FEWEST_KEYS, MOST_KEYS = 2, 3
Pairs = Mapping[str, str]


class Service(NamedTuple):
    """What a service account may do here: like a key, of a tenant or of the platform (None)."""

    product: str
    tenant_id: str | None
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """`signing_keys` are private keys of P-256: the first signs, all of them are published.

    `exchanges` says from which project tokens are exchanged for which others (None: every one for
    every other), `services` what an e-mail of a Google service token may do. `signers` are the
    service accounts that sign custom tokens, `home_tenants` where newcomers belong, by project.
    """

    signing_keys: tuple[int, ...] = field(default=(), repr=False)
    exchanges: Mapping[str, frozenset[str]] | None = None
    services: Mapping[str, Service] = field(default_factory=dict)
    signers: Pairs = field(default_factory=dict)
    home_tenants: Pairs = field(default_factory=dict)

    def may_cross(self, source: str, target: str) -> bool:
        return self.exchanges is None or target in self.exchanges.get(source, ())


def read_trust(environ: Mapping[str, str], projects: Pairs) -> TrustSettings:
    """`projects` has the registered ones by their short names, by which these settings go."""
    return TrustSettings(
        signing_keys=_signing_keys(environ.get("HYPHAE_SIGNING_KEYS", "")),
        exchanges=_exchanges(environ.get("HYPHAE_EXCHANGES", ""), projects),
        services=_services(environ.get("HYPHAE_SERVICES", "")),
        signers=_by_project(environ, "HYPHAE_TOKEN_SIGNERS", projects),
        home_tenants=_by_project(environ, "HYPHAE_HOME_TENANTS", projects),
    )


def _signing_keys(text: str) -> tuple[int, ...]:
    """A key is 32 random bytes in hexadecimal digits; they must differ, to be told apart."""
    texts = [part.strip() for part in text.split(",") if part.strip()]
    if not texts:
        return ()
    if not all(PRIVATE_KEY.fullmatch(part) and 0 < int(part, 16) < P256_ORDER for part in texts):
        raise UnsafeSettings("HYPHAE_SIGNING_KEYS: 64 hexadecimal digits each (openssl rand -hex).")
    if not FEWEST_KEYS <= len(set(texts)) == len(texts) <= MOST_KEYS:
        raise UnsafeSettings("HYPHAE_SIGNING_KEYS: two or three keys, no two of them alike.")
    return tuple(int(part, 16) for part in texts)


def _exchanges(text: str, projects: Pairs) -> Mapping[str, frozenset[str]] | None:
    """From a JSON object: lists of targets by their source."""
    if not text:
        return None
    name = "HYPHAE_EXCHANGES"
    found = json_object(text, name)
    if not all(isinstance(targets, list) for targets in found.values()):
        raise UnsafeSettings(f'{name}: lists by project, like {{"app": ["bo"]}}.')
    named = {
        _project(source, projects, name): [_project(target, projects, name) for target in targets]
        for source, targets in found.items()
    }
    return MappingProxyType({source: frozenset(named[source]) for source in named})


def _services(text: str) -> Mapping[str, Service]:
    found = json_object(text or "{}", "HYPHAE_SERVICES")
    return MappingProxyType({email: _service(email, found[email]) for email in found})


def _service(email: str, members: Any) -> Service:
    product, tenant, scopes = (
        members.get(name) if isinstance(members, dict) else None
        for name in ("product", "tenantId", "scopes")
    )
    tenant_known = tenant is None or (isinstance(tenant, str) and is_safe_id(tenant))
    listed = isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes)
    if "@" not in email or not (isinstance(product, str) and tenant_known and listed):
        raise UnsafeSettings(f"HYPHAE_SERVICES: {email} needs product, scopes and a tenantId.")
    return Service(product, tenant, frozenset(scopes or ()))


def _by_project(environ: Mapping[str, str], name: str, projects: Pairs) -> Pairs:
    """`app=value,bo=value` with the projects for their short names."""
    pairs = (pair.strip().partition("=") for pair in environ.get(name, "").split(",") if pair)
    return MappingProxyType({_project(key, projects, name): value for key, _, value in pairs})


def _project(alias: object, projects: Pairs, name: str) -> str:
    if not isinstance(alias, str) or alias not in projects:
        raise UnsafeSettings(f"{name} names {alias!r}, which is not among HYPHAE_PROJECTS.")
    return projects[alias]
