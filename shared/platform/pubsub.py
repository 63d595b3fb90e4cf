"""Pub/Sub: publish and wait until the service has it."""

import functools
from typing import TYPE_CHECKING

from shared.kernel.errors import DependencyUnavailable

if TYPE_CHECKING:
    from google.cloud.pubsub_v1 import PublisherClient

TIMEOUT_SECONDS = 10.0


@functools.cache
def _publisher() -> "PublisherClient":
    from google.cloud.pubsub_v1 import PublisherClient
    from google.cloud.pubsub_v1.types import BatchSettings

    return PublisherClient(batch_settings=BatchSettings(max_latency=0.002))


def publish(project: str, topic: str, data: bytes, **attributes: str) -> None:
    """Returns when the message is stored; raises DependencyUnavailable when it is not known."""
    from google.api_core.exceptions import GoogleAPICallError

    path = f"projects/{project}/topics/{topic}"
    try:
        _publisher().publish(path, data, **attributes).result(timeout=TIMEOUT_SECONDS)
    except (GoogleAPICallError, TimeoutError) as failure:
        raise DependencyUnavailable(reason=f"publish_{type(failure).__name__}") from failure
