"""Settings of how the outside reaches the backbone: which pages may call it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.kernel.unsafe import UnsafeSettings

ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
LOCAL_ORIGIN = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`origins` are those whose pages may read answers (CORS), spelled as browsers send them."""

    origins: frozenset[str] = frozenset()


def read_web(environ: Mapping[str, str], local: bool) -> WebSettings:
    return WebSettings(origins=_origins(environ.get("HYPHAE_ORIGINS", ""), local))


def _origins(text: str, local: bool) -> frozenset[str]:
    found = frozenset(origin.strip() for origin in text.split(",") if origin.strip())
    for origin in sorted(found):
        if not (ORIGIN.fullmatch(origin) or (local and LOCAL_ORIGIN.fullmatch(origin))):
            raise UnsafeSettings(
                f"HYPHAE_ORIGINS: {origin!r} is no origin like https://acme.example."
            )
    return found
