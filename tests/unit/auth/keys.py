"""Stores that hold one key, or must not be asked."""

from datetime import datetime

from shared.auth import api_keys
from shared.auth.callers import Callers
from shared.auth.key_store import ApiKeys
from shared.auth.known_keys import KnownKeys
from shared.auth.models import ApiKey
from shared.auth.only_tenant import OnlyTenant
from shared.auth.service import Auth
from shared.auth.store import Tenants
from shared.auth.user_store import Users
from shared.kernel.settings import Settings, read_settings
from tests.builders import LIVE, NEW_YEAR, api_key
from tests.unit.auth.standing import Upright

PEPPER = b"pepper"


class Untouched(ApiKeys):
    """A store that nobody may ask."""

    def __init__(self) -> None:
        pass

    def get(self, key_id: str) -> ApiKey | None:
        raise AssertionError(f"a read was spent on {key_id}")


class Holding(Untouched):
    """A store that holds one key, and counts who asks for it."""

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.asked = 0
        self.uses: list[datetime] = []

    def get(self, key_id: str) -> ApiKey | None:
        self.asked += 1
        return self.key if key_id == self.key.key_id else None

    def note_use(self, key: ApiKey, now: datetime) -> None:
        self.uses.append(now)


def auth_with(keys: ApiKeys, settings: Settings | None = None) -> Auth:
    callers, users = object.__new__(Callers), object.__new__(Users)
    known_keys = KnownKeys(keys, Upright(), settings or read_settings(LIVE), lambda: NEW_YEAR)
    tenants, only = object.__new__(Tenants), object.__new__(OnlyTenant)
    return Auth(callers, users, tenants, only, known_keys)


def stored(made: api_keys.NewKey) -> ApiKey:
    return api_key(key_id=made.key_id, digest=api_keys.digest(made.text, PEPPER))
