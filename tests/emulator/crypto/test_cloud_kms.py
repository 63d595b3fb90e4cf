"""Cloud KMS as the keeper of the key: over the wire, by Google's client, to a stand-in."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from shared.crypto.models import Unreadable
from shared.crypto.store import KeyRings
from shared.crypto.tenant_keys import TenantKeys
from shared.crypto.vendors.cloud_kms import CloudKey
from shared.kernel.errors import DependencyUnavailable
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.crypto.kms_server import NAME, Kms, serving


class Kept(NamedTuple):
    kms: Kms
    key: CloudKey
    other: CloudKey


@pytest.fixture(scope="module")
def server() -> Iterator[Kept]:
    kms = Kms()
    with serving(kms) as connect:
        yield Kept(kms, CloudKey(NAME, connect), CloudKey(f"{NAME}-2", connect))


@pytest.fixture
def kept(server: Kept) -> Kept:
    server.kms.damaged = False
    return server


def test_what_it_wraps_it_unwraps(kept: Kept) -> None:
    wrapped = kept.key.wrap(b"secret", b"bound")
    assert b"secret" not in wrapped
    assert kept.key.unwrap(wrapped, b"bound") == b"secret"


def test_it_unwraps_nothing_else(kept: Kept) -> None:
    wrapped = kept.key.wrap(b"secret", b"bound")
    for text, bound in ((wrapped, b"other"), (wrapped[:-1] + b"x", b"bound"), (b"", b"bound")):
        with pytest.raises(Unreadable):
            kept.key.unwrap(text, bound)


def test_what_was_damaged_on_the_way_is_not_believed(kept: Kept) -> None:
    wrapped = kept.key.wrap(b"secret", b"bound")
    kept.kms.damaged = True
    with pytest.raises(DependencyUnavailable):
        kept.key.wrap(b"secret", b"bound")
    with pytest.raises(DependencyUnavailable):
        kept.key.unwrap(wrapped, b"bound")


def test_a_key_that_is_not_to_be_had_is_waited_for(kept: Kept) -> None:
    with pytest.raises(DependencyUnavailable):
        kept.other.wrap(b"secret", b"bound")
    with pytest.raises(DependencyUnavailable):
        kept.other.unwrap(kept.key.wrap(b"secret", b"bound"), b"bound")


def test_an_instance_asks_once_for_a_key_that_it_uses_often(kept: Kept, wiring: Wiring) -> None:
    keys = TenantKeys(KeyRings(wiring.hub), kept.key, "dev", wiring.clock)
    tenant, before = unique("tenant"), kept.kms.calls
    for _ in range(5):
        keys.newest(tenant)
    assert kept.kms.calls - before == 2
