"""The vendor's failures in our words."""

from typing import Any

import pytest
from google.api_core import exceptions as google

from shared.kernel.errors import DependencyUnavailable
from shared.platform.firestore import OutcomeUnknown, bounded, conditioned

WAITED_OUT: list[Any] = [
    google.Aborted,
    google.Cancelled,
    google.DeadlineExceeded,
    google.InternalServerError,
    google.ResourceExhausted,
    google.RetryError,
    google.ServiceUnavailable,
    google.Unknown,
]
NOT_OURS: Any = google.PermissionDenied


@pytest.mark.parametrize("kind", WAITED_OUT)
def test_what_the_caller_can_only_wait_out_is_said_so(kind: Any) -> None:
    with pytest.raises(DependencyUnavailable) as said, bounded():
        raise kind("a message that stays here", None)
    assert (said.value.reason, said.value.detail) == (kind.__name__, "")


def test_what_waiting_does_not_mend_stays_what_it_is() -> None:
    with pytest.raises(NOT_OURS), bounded():
        raise NOT_OURS("no")


@pytest.mark.parametrize("kind", [google.Cancelled, google.DeadlineExceeded, google.Unknown])
def test_a_commit_that_was_not_answered_is_looked_at_again(kind: Any) -> None:
    with pytest.raises(OutcomeUnknown), conditioned():
        raise kind("nobody knows")
