"""The auth function as it is in production, but for where the issuer's keys are fetched."""

import functools
import os

from functions.auth import http
from functions.auth.area import area
from shared.auth.id_tokens import GoogleVerifier, Verifier
from shared.kernel.settings import read_settings
from shared.platform.keys import PublicKeys
from shared.wiring import Wiring

KEYS_URL = "KEYS_URL"


class Verified(Wiring):
    @functools.cached_property
    def verifier(self) -> Verifier:
        keys = PublicKeys(os.environ[KEYS_URL])
        return GoogleVerifier(keys, self.settings.registered_projects)


__all__ = ["auth", "http"]

parts = Verified(read_settings(os.environ))
auth = area.function(lambda: parts)
