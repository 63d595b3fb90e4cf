"""Firestore's channels: how its streams are read.

gRPC reads a stream in a thread of its own and hands each answer over, which costs more than the
answer: a page of a hundred documents came four times slower. Ours are read where they are awaited,
and to their ends: of a stream that is left half read, 20 KB stay for the life of the instance.
"""

from typing import Any

import grpc
from google.cloud import firestore
from google.cloud.firestore_v1.base_client import _DEFAULT_CHANNEL_OPTIONS
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport
from grpc.experimental import ChannelOptions

RECONNECT_MS = 1000  # after a longer outage gRPC would wait for up to two minutes
OPTIONS = [
    *_DEFAULT_CHANNEL_OPTIONS,
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MS),
    (ChannelOptions.SingleThreadedUnaryStream, 1),
]


def client_of(project: str, *interceptors: Any) -> firestore.Client:
    """A client of one project, whose calls pass the interceptors."""
    client = firestore.Client(project=project)
    channel = grpc.intercept_channel(_channel(client), *interceptors)
    transport = FirestoreGrpcTransport(host=client._target, channel=channel)
    client._firestore_api_internal = FirestoreClient(transport=transport)
    return client


def _channel(client: firestore.Client) -> grpc.Channel:
    if client._emulator_host:
        return grpc.insecure_channel(client._emulator_host, options=OPTIONS)
    return FirestoreGrpcTransport.create_channel(
        client._target, credentials=client._credentials, options=OPTIONS
    )
