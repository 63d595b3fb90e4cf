"""Streams by their paths, and events as they are stored."""

from google.cloud.firestore_v1 import types
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.values import packed_fields
from shared.streams import documents
from shared.streams.models import Stream
from tests.builders import NEW_YEAR, stored_event

NAMES = st.lists(st.sampled_from(["a", "_", "__", "-"]), min_size=1, max_size=5).map("".join)


@given(NAMES, NAMES)
def test_a_path_says_whose_stream_it_is(tenant: str, stream_id: str) -> None:
    path = documents.stream_path(Stream(tenant, stream_id)).removeprefix("streams/")
    first, _, rest = path.partition("__")
    assert (first.replace("_-", "_"), rest) == (tenant, stream_id)


def test_an_event_is_read_as_it_was_stored() -> None:
    data = {"text": "é😀", "n": 2**53 - 1, "f": 0.1, "none": None, "l": [[1], {"a": [True]}]}
    told = stored_event(data=data, personal=("text", "n"), recorded_at=NEW_YEAR)
    stored = types.Document.pb()(fields=packed_fields(documents.event_document("t", told)))
    assert documents.event(stored.fields) == told
