"""Settings of the key that all data keys are wrapped with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.kernel.unsafe import UnsafeSettings

KMS_KEY = re.compile(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+")
LOCAL_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class EncryptionSettings:
    """The name of a key in Cloud KMS, or in local runs the key itself; neither: none is sealed."""

    kms_key: str = ""
    local_key: bytes = field(default=b"", repr=False)


def read_encryption(environ: Mapping[str, str]) -> EncryptionSettings:
    text = environ.get("HYPHAE_KEK", "")
    if LOCAL_KEY.fullmatch(text):
        return EncryptionSettings(local_key=bytes.fromhex(text))
    if text and not KMS_KEY.fullmatch(text):
        raise UnsafeSettings("HYPHAE_KEK is neither a key of Cloud KMS nor 64 hex digits.")
    return EncryptionSettings(kms_key=text)


def refuse_local_key(encryption: EncryptionSettings) -> None:
    """A key that lies beside what it locks."""
    if encryption.local_key:
        raise UnsafeSettings("HYPHAE_KEK must be a key of Cloud KMS outside HYPHAE_ENV=local.")


def refuse_real_key(encryption: EncryptionSettings) -> None:
    if encryption.kms_key:
        raise UnsafeSettings("HYPHAE_KEK is a key of Cloud KMS, in HYPHAE_ENV=local.")
