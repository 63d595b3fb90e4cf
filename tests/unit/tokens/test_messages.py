from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.messages import TOGETHER, outbox_documents

told = st.lists(st.integers(0, 999), max_size=35, unique=True).map(
    lambda numbers: [{"occasion": f"occasion-{number}"} for number in numbers]
)


@given(told)
def test_every_message_is_in_one_document_of_few(messages: list[dict[str, Any]]) -> None:
    documents = dict(outbox_documents(messages))
    assert [each for document in documents.values() for each in document["messages"]] == messages
    assert len(documents) == -(-len(messages) // TOGETHER)


@given(told.filter(bool), told.filter(bool))
def test_only_the_same_messages_are_the_same_document(
    some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    first, second = (next(outbox_documents(messages)) for messages in (some, others))
    assert (first[0] == second[0]) == (first[1] == second[1])
