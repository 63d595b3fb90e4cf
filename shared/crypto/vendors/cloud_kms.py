"""A key-encryption key in Cloud KMS: it never leaves there, and its rotation is Google's affair."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from google.api_core import exceptions as google
from google_crc32c import value as crc32c

from shared.crypto.models import Unreadable
from shared.kernel.errors import DependencyUnavailable
from shared.platform.firestore import PATIENT, TIMEOUT_SECONDS

if TYPE_CHECKING:
    from google.cloud.kms_v1 import KeyManagementServiceClient


class CloudKey:
    """Checks both ways that nothing was damaged on the way (CRC32C), as Google asks for."""

    def __init__(
        self, name: str, connect: "Callable[[], KeyManagementServiceClient] | None" = None
    ) -> None:
        self.name = name
        self._connect = connect or _connect

    @functools.cached_property
    def _client(self) -> "KeyManagementServiceClient":
        return self._connect()

    def wrap(self, key: bytes, bound: bytes) -> bytes:
        asked = {
            "name": self.name,
            "plaintext": key,
            "plaintext_crc32c": crc32c(key),
            "additional_authenticated_data": bound,
            "additional_authenticated_data_crc32c": crc32c(bound),
        }
        with _asking():
            answer = self._client.encrypt(asked, retry=PATIENT, timeout=TIMEOUT_SECONDS)
        checked = (
            answer.verified_plaintext_crc32c
            and answer.verified_additional_authenticated_data_crc32c
        )
        _require_whole(bool(checked), answer.ciphertext, answer.ciphertext_crc32c)
        return bytes(answer.ciphertext)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        asked = {
            "name": self.name,
            "ciphertext": wrapped,
            "ciphertext_crc32c": crc32c(wrapped),
            "additional_authenticated_data": bound,
            "additional_authenticated_data_crc32c": crc32c(bound),
        }
        with _asking():
            answer = self._client.decrypt(asked, retry=PATIENT, timeout=TIMEOUT_SECONDS)
        _require_whole(True, answer.plaintext, answer.plaintext_crc32c)
        return bytes(answer.plaintext)


@contextmanager
def _asking() -> Iterator[None]:
    """Say Unreadable for what KMS did not wrap, DependencyUnavailable for every other failure.

    A key that is disabled, or that we may not use, may be so for now only.
    """
    try:
        yield
    except google.InvalidArgument as bad:
        raise Unreadable from bad
    except (google.GoogleAPICallError, google.RetryError) as failure:
        raise DependencyUnavailable(reason=f"kms_{type(failure).__name__}") from failure


def _require_whole(checked: bool, content: bytes, checksum: int) -> None:
    if not checked or crc32c(content) != checksum:
        raise DependencyUnavailable(reason="kms_damaged")


def _connect() -> "KeyManagementServiceClient":
    from google.cloud.kms_v1 import KeyManagementServiceClient

    return KeyManagementServiceClient()
