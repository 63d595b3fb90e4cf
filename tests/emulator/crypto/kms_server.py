"""A stand-in of Cloud KMS in this process: one key, over gRPC, with Google's own messages."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import KeyManagementServiceClient, types
from google.cloud.kms_v1.services.key_management_service.transports import (
    KeyManagementServiceGrpcTransport,
)
from google_crc32c import value as crc32c

SERVICE = "google.cloud.kms.v1.KeyManagementService"
NAME = "projects/p/locations/l/keyRings/r/cryptoKeys/k"


class Kms:
    """`damaged` says which answers are to arrive otherwise than they were sent."""

    def __init__(self) -> None:
        self._cipher = AESGCM(os.urandom(32))
        self.damaged = False
        self.calls = 0

    def encrypt(self, asked: Any, context: grpc.ServicerContext) -> Any:
        self._require(asked, context, asked.plaintext, asked.plaintext_crc32c)
        nonce, bound = os.urandom(12), asked.additional_authenticated_data
        sealed = nonce + self._cipher.encrypt(nonce, asked.plaintext, bound)
        return types.EncryptResponse(
            name=f"{asked.name}/cryptoKeyVersions/1",
            ciphertext=sealed + b"!" * self.damaged,
            ciphertext_crc32c=crc32c(sealed),
            verified_plaintext_crc32c=True,
            verified_additional_authenticated_data_crc32c=True,
        )

    def decrypt(self, asked: Any, context: grpc.ServicerContext) -> Any:
        self._require(asked, context, asked.ciphertext, asked.ciphertext_crc32c)
        nonce, sealed = asked.ciphertext[:12], asked.ciphertext[12:]
        try:
            plain = self._cipher.decrypt(nonce, sealed, asked.additional_authenticated_data)
        except (InvalidTag, ValueError):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Decryption failed.")
        return types.DecryptResponse(
            plaintext=plain + b"!" * self.damaged, plaintext_crc32c=crc32c(plain)
        )

    def _require(
        self, asked: Any, context: grpc.ServicerContext, content: bytes, checksum: int
    ) -> None:
        self.calls += 1
        bound = asked.additional_authenticated_data
        if (crc32c(content), crc32c(bound)) != (
            checksum,
            asked.additional_authenticated_data_crc32c,
        ):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The checksum does not match.")
        if asked.name != NAME:
            context.abort(grpc.StatusCode.NOT_FOUND, "No such key.")


@contextmanager
def serving(kms: Kms) -> Iterator[Callable[[], KeyManagementServiceClient]]:
    """How to connect to it."""
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((_handlers(kms),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    transport = KeyManagementServiceGrpcTransport(channel=channel)
    yield lambda: KeyManagementServiceClient(transport=transport)
    channel.close()
    server.stop(None)


def _handlers(kms: Kms) -> grpc.GenericRpcHandler:
    calls = {
        "Encrypt": _handler(kms.encrypt, types.EncryptRequest, types.EncryptResponse),
        "Decrypt": _handler(kms.decrypt, types.DecryptRequest, types.DecryptResponse),
    }
    return grpc.method_handlers_generic_handler(SERVICE, calls)


def _handler(behave: Callable[..., Any], takes: Any, gives: Any) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(behave, takes.deserialize, gives.serialize)
