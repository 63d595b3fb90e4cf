"""Firestore: one client a project, bounded calls, and errors in our words."""

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from google.api_core import exceptions as google
from google.api_core.retry import Retry
from google.cloud import firestore

from shared.kernel.errors import DependencyUnavailable, FieldError, ValidationFailed

TIMEOUT_SECONDS = 8.0
# Left alone, the client tries a read again for five minutes, whatever its timeout says.
PATIENT = Retry(initial=0.1, maximum=1.0, timeout=TIMEOUT_SECONDS)
Document = dict[str, Any]
ATTEMPTS = 12
# A server that resets a call has cancelled it, which google counts among the client's errors.
UNANSWERED = (google.ServerError, google.TooManyRequests, google.Cancelled)
FAILS_FOR_NOW = (*UNANSWERED, google.RetryError, google.Aborted)


class AlreadyThere(Exception):
    """A create found the document."""


class ChangedMeanwhile(Exception):
    """Another writer was faster than a precondition, or the outcome is unknown: look again."""


class OutcomeUnknown(ChangedMeanwhile):
    """No answer came: what is found next may be one's own."""


@functools.cache
def connect(project: str) -> firestore.Client:
    """The client of one project, kept for the life of the instance."""
    from shared.platform.channels import client_of

    return client_of(project)


@contextmanager
def bounded() -> Iterator[None]:
    """Say DependencyUnavailable for every failure that the caller can only wait out."""
    try:
        yield
    except FAILS_FOR_NOW as failure:
        raise DependencyUnavailable(reason=type(failure).__name__) from failure


def read(reference: firestore.DocumentReference) -> tuple[Document, datetime] | None:
    """The document and the update time to condition a write on; None when there is none."""
    with bounded():
        # `reference.get` does not read its answer to the end, and our channels would keep the rest.
        one = reference._client.get_all([reference], retry=PATIENT, timeout=TIMEOUT_SECONDS)
        (snapshot,) = one
    return (snapshot.to_dict() or {}, snapshot.update_time) if snapshot.exists else None


def find(query: firestore.Query) -> list[tuple[str, Document]]:
    """What a query finds: the ids and the documents."""
    return [(snapshot.id, snapshot.to_dict() or {}) for snapshot in snapshots(query)]


def snapshots(query: firestore.Query) -> list[Any]:
    """What a query finds, with the update times to condition writes on."""
    with bounded():
        return list(query.get(retry=PATIENT, timeout=TIMEOUT_SECONDS))


def count(query: firestore.Query) -> int:
    """How many documents a query would find: a read for each thousand."""
    with bounded():
        counted: Any = query.count()
        ((found,),) = counted.get(retry=PATIENT, timeout=TIMEOUT_SECONDS)
    return int(found.value)


def commit(batch: firestore.WriteBatch) -> list[Any]:
    """Commit once, never blindly again: the caller decides what an unknown outcome means."""
    with conditioned():
        return list(batch.commit(retry=None, timeout=TIMEOUT_SECONDS))


@contextmanager
def conditioned() -> Iterator[None]:
    """Say AlreadyThere or ChangedMeanwhile for what becomes of a commit's conditions."""
    try:
        yield
    except google.AlreadyExists as found:
        raise AlreadyThere from found
    except (google.FailedPrecondition, google.NotFound, google.Aborted) as lost:
        raise ChangedMeanwhile from lost
    except UNANSWERED as unknown:
        raise OutcomeUnknown from unknown


def pause(attempt: int) -> None:
    """Wait before another attempt: at random, so that who collided does not collide again."""
    time.sleep(random.uniform(0, min(0.02 * 2 ** min(attempt, 10), 0.5)))  # noqa: S311 - no secret


def create(reference: firestore.DocumentReference, document: Document) -> bool:
    """Create the document; False when it was there already.

    Raises ValidationFailed for what Firestore cannot hold.
    """
    try:
        with bounded():
            reference.create(document, retry=None, timeout=TIMEOUT_SECONDS)
    except google.AlreadyExists:
        return False
    except google.InvalidArgument as refused:
        raise ValidationFailed([FieldError("", "not_storable")]) from refused
    return True


def change(
    client: firestore.Client,
    reference: firestore.DocumentReference,
    decide: Callable[[Document], Document | None],
) -> bool:
    """Set the fields that `decide` makes of the document ({} for none); False for no change."""
    for attempt in range(ATTEMPTS):
        found = read(reference)
        fields = decide(found[0] if found else {})
        if fields is None:
            return False
        batch = client.batch()
        if found is None:
            batch.create(reference, fields)
        else:
            batch.update(reference, fields, option=client.write_option(last_update_time=found[1]))
        try:
            commit(batch)
        except (AlreadyThere, ChangedMeanwhile):
            pause(attempt)
        else:
            return True
    raise DependencyUnavailable(reason="contention")
