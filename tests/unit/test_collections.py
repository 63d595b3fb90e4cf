"""The rules' tests try every collection that the code names."""

import pytest

from tests.emulator.rules.builders import APP_DOCUMENTS, BACKBONE_ONLY, HUB_DOCUMENTS
from tests.emulator.rules.collections import named_in_code
from tests.emulator.rules.test_every_collection import READERS


def test_every_collection_that_the_code_names_is_tried() -> None:
    """Whoever adds a collection says here who may read it."""
    tried = [*HUB_DOCUMENTS, *BACKBONE_ONLY, *APP_DOCUMENTS]
    assert named_in_code() - {path.split("/")[-2] for path in tried} == set()
    in_hub = {path.split("/")[-2] for path in HUB_DOCUMENTS}
    assert in_hub == {path.split("/")[-2] for path in READERS}


@pytest.mark.parametrize("name", ["menu_items", "tenant_keys", "e", "webhook_endpoints", "entries"])
def test_collections_are_found_however_they_are_named(name: str) -> None:
    """By a constant, in a path, below a value, by a kind."""
    assert name in named_in_code()
