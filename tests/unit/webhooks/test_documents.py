"""What is stored of deliveries and attempts comes back, and says nothing that it need not."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.webhooks.documents import (
    attempt_document,
    delivery_document,
    read_attempt,
    read_delivery,
)
from shared.webhooks.models import DEAD, DELIVERED, HELD, PENDING, Attempt, Delivery, Outcome
from tests.builders import NEW_YEAR

texts = st.text(max_size=5)
moments: st.SearchStrategy[datetime | None] = st.none() | st.just(NEW_YEAR)
outcomes = st.builds(Outcome, texts, st.none() | st.just(200), st.none() | st.just(0.0), texts)
deliveries = st.builds(
    Delivery,
    delivery_id=st.just("d"),
    webhook_id=texts,
    tenant_id=texts,
    event_id=texts,
    event_type=texts,
    subject=st.none() | texts,
    recorded_at=st.just(NEW_YEAR),
    status=st.sampled_from((DEAD, DELIVERED, HELD, PENDING)),
    attempts=st.integers(0, 9),
    next_attempt_at=moments,
    cause=texts,
)
attempts = st.builds(
    Attempt,
    attempt_id=st.just("a"),
    webhook_id=texts,
    tenant_id=texts,
    event_id=texts,
    event_type=texts,
    number=st.integers(0, 9),
    at=st.just(NEW_YEAR),
    took_ms=st.integers(0, 9),
    outcome=outcomes,
    next_attempt_at=moments,
)


@given(deliveries)
def test_a_delivery_comes_back_as_it_was(delivery: Delivery) -> None:
    document = delivery_document(delivery, NEW_YEAR)
    assert read_delivery("d", document) == delivery
    assert None not in document.values()


@given(deliveries)
def test_a_delivery_of_before_comes_back_too(delivery: Delivery) -> None:
    silent = {"subject": None, "nextAttemptAt": None, "cause": ""}
    assert read_delivery("d", silent | delivery_document(delivery, NEW_YEAR)) == delivery


@given(attempts)
def test_an_attempt_comes_back_as_it_was(attempt: Attempt) -> None:
    document = attempt_document(attempt)
    assert read_attempt("a", document) == attempt
    assert None not in (*document.values(), *document["outcome"].values())
