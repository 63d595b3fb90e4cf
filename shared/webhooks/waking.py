"""How it is said that something is due to an endpoint."""

from collections.abc import Callable
from contextlib import suppress

from shared.kernel.errors import DependencyUnavailable

Publish = Callable[[bytes], None]


def wake(publish: Publish, webhook_id: str) -> None:
    """See to it at once. If that cannot be said, the schedule will within a minute."""
    with suppress(DependencyUnavailable):
        publish(webhook_id.encode())
