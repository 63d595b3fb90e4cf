"""Old events, as they were once recorded, mean what they always meant."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.streams.catalogue import UnknownSchema, catalogue
from shared.streams.declared import DECLARED
from tests.builders import stored_event

GOLDEN = Path(__file__).with_name("golden")
OLD = sorted(DECLARED.upcasters)


def golden(event_type: str, version: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{event_type}.{version}.json").read_text())
    return found


@pytest.mark.parametrize(("event_type", "version"), OLD)
def test_an_old_event_becomes_the_newest(event_type: str, version: int) -> None:
    recorded = golden(event_type, version)
    old = stored_event(event_type=event_type, schema_version=version, data=recorded)
    assert DECLARED.upcast(old) == golden(event_type, DECLARED.newest[event_type])
    assert recorded == golden(event_type, version), "an upcaster changes what it was given"


@pytest.mark.parametrize(("event_type", "version"), OLD)
def test_each_step_leads_to_the_next_version(event_type: str, version: int) -> None:
    step = DECLARED.upcasters[event_type, version]
    assert step(golden(event_type, version)) == golden(event_type, version + 1)


@pytest.mark.parametrize(("event_type", "version"), OLD)
def test_an_upcaster_takes_what_is_redacted_or_missing(event_type: str, version: int) -> None:
    recorded = golden(event_type, version)
    for name in recorded:
        DECLARED.upcasters[event_type, version](recorded | {name: None})
        DECLARED.upcasters[event_type, version]({k: v for k, v in recorded.items() if k != name})


@pytest.mark.parametrize(("event_type", "version"), [("adoption_requested", 4), ("unheard_of", 2)])
def test_a_schema_of_tomorrow_is_refused(event_type: str, version: int) -> None:
    with pytest.raises(UnknownSchema, match=f"{event_type} is of schema {version}"):
        DECLARED.upcast(stored_event(event_type=event_type, schema_version=version))


def test_upcasters_with_a_gap_are_no_catalogue() -> None:
    for gaps in ({("a", 2): dict}, {("a", 1): dict, ("a", 3): dict}):
        with pytest.raises(ValueError, match="No upcaster of a"):
            catalogue({}, gaps)


def test_a_phone_number_was_a_contact_too() -> None:
    upcast = DECLARED.upcasters["adoption_requested", 1]
    assert upcast({"contact": "+1 555"})["contact"] == {"phone": "+1 555"}
