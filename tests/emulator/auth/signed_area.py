"""The auth function as it is in production, but that the keys are ours: every signature counts."""

import json
import os

from functions.auth import http
from functions.auth.area import area
from shared.auth.id_tokens import GoogleVerifier, Verifier
from shared.auth.jws import Keys
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import NEW_YEAR
from tests.signing import issuer

WORKER = "worker@demo-bo.iam.gserviceaccount.com"
SERVICES = {WORKER: {"product": "bo", "tenantId": None, "scopes": ["auth:token:introspect"]}}


class Signed(Wiring):
    """At New Year, in a hub without triggers."""

    def __init__(self) -> None:
        settings = {"HYPHAE_HUB": "demo-signed", "HYPHAE_SERVICES": json.dumps(SERVICES)}
        super().__init__(read_settings({**os.environ, **settings}), lambda: NEW_YEAR)

    @property
    def verifier(self) -> Verifier:
        return GoogleVerifier(issuer(), self.settings.registered_projects)

    @property
    def service_keys(self) -> Keys:
        return issuer()


__all__ = ["auth", "http", "signed"]

signed = Signed()
auth = area.function(lambda: signed)
