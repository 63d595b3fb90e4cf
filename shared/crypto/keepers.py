"""The keeper of the key-encryption key that the settings choose."""

from shared.crypto.models import KeyEncryption
from shared.crypto.vendors.cloud_kms import CloudKey
from shared.crypto.vendors.local import LocalKey
from shared.crypto.vendors.none import NoKey
from shared.kernel.encryption import EncryptionSettings


def keeper(settings: EncryptionSettings) -> KeyEncryption:
    if settings.local_key:
        return LocalKey(settings.local_key)
    return CloudKey(settings.kms_key) if settings.kms_key else NoKey()
