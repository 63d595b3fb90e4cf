"""Settings of what the backbone signs, and of whom it trusts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.kernel.unsafe import UnsafeSettings

PRIVATE_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FEWEST_KEYS, MOST_KEYS = 2, 3


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """`signing_keys` are private keys of P-256: the first signs, all of them are published."""

    signing_keys: tuple[int, ...] = field(default=(), repr=False)


def read_trust(environ: Mapping[str, str]) -> TrustSettings:
    return TrustSettings(_signing_keys(environ.get("HYPHAE_SIGNING_KEYS", "")))


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
