"""Whoever keeps the key-encryption key: what they wrap, they unwrap, and nobody else does."""

import pytest

from shared.crypto.keepers import keeper
from shared.crypto.models import Unreadable
from shared.crypto.vendors.local import LocalKey
from shared.kernel.encryption import EncryptionSettings
from shared.kernel.errors import DependencyUnavailable
from shared.kernel.settings import read_settings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import LIVE

KEY = bytes(32)
LOCAL = {"HYPHAE_ENV": "local", "HYPHAE_HUB": "demo-hub"}
KMS = "projects/p/locations/l/keyRings/r/cryptoKeys/k"


def test_a_local_key_unwraps_what_it_wrapped() -> None:
    keep = keeper(EncryptionSettings(local_key=KEY))
    wrapped = keep.wrap(b"secret", b"bound")
    assert keep.unwrap(wrapped, b"bound") == b"secret"
    assert keep.wrap(b"secret", b"bound") != wrapped


SOUND = LocalKey(KEY).wrap(b"secret", b"bound")


@pytest.mark.parametrize(
    ("key", "wrapped", "bound"),
    [
        (KEY, b"", b"bound"),
        (KEY, b"x" * 60, b"bound"),
        (KEY, SOUND, b"other"),
        (KEY, SOUND[:-1], b"bound"),
        (b"1" * 32, SOUND, b"bound"),
    ],
)
def test_a_local_key_unwraps_nothing_else(key: bytes, wrapped: bytes, bound: bytes) -> None:
    with pytest.raises(Unreadable):
        LocalKey(key).unwrap(wrapped, bound)


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    keep = keeper(EncryptionSettings())
    with pytest.raises(DependencyUnavailable):
        keep.wrap(b"", b"")
    with pytest.raises(DependencyUnavailable):
        keep.unwrap(b"", b"")


def test_the_key_stays_in_cloud_kms_or_on_this_machine() -> None:
    assert read_settings(LIVE | {"HYPHAE_KEK": KMS}).encryption.kms_key == KMS
    assert read_settings(LOCAL | {"HYPHAE_KEK": "ab" * 32}).encryption.local_key == b"\xab" * 32
    assert "abab" not in repr(read_settings(LOCAL | {"HYPHAE_KEK": "ab" * 32}))


@pytest.mark.parametrize(
    "environ",
    [
        LIVE | {"HYPHAE_KEK": "ab" * 32},
        LIVE | {"HYPHAE_KEK": "ab"},
        LIVE | {"HYPHAE_KEK": f"{KMS}/cryptoKeyVersions/1"},
        LOCAL | {"HYPHAE_KEK": KMS},
    ],
)
def test_a_key_in_the_wrong_place_stops_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(UnsafeSettings):
        read_settings(environ)
