"""Every row of the catalogue, once: its status, its code, its reason in the log, and no secret."""

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest

from tests.emulator.hostile import (
    calls,
    claims,
    crossing,
    keys,
    refreshing,
    services,
    stores,
    tenancy,
    tokens,
)
from tests.emulator.hostile.catalogue import CASES, ROWS, Case, Expected, judged, lines_of
from tests.emulator.hostile.world import world

FILES = (calls, claims, crossing, keys, refreshing, services, stores, tenancy, tokens)
NAMED = {f"{case.row} {case.name}": case for case in CASES}
SHORTEST = 16


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Whatever is printed or logged meanwhile."""
    found, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(found)
    root.addHandler(handler)
    with redirect_stdout(found), redirect_stderr(found):
        yield found
    root.removeHandler(handler)


class Happened(NamedTuple):
    """What came of a case, or how it failed; and the log of it."""

    found: Expected | Exception
    log: str


def happened(case: Case) -> Happened:
    world.rewind()
    with logged() as log:
        try:
            found: Expected | Exception = judged(case.send(world))
        except Exception as failure:
            found = failure
    return Happened(found, log.getvalue())


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Happened]:
    """Each case is tried once, so that one log is the log of them all."""
    return {name: happened(case) for name, case in NAMED.items()}


@pytest.mark.parametrize("name", NAMED)
def test_a_hostile_input_comes_to_what_the_catalogue_says(
    outcomes: Mapping[str, Happened], name: str
) -> None:
    case, outcome = NAMED[name], outcomes[name]
    if isinstance(outcome.found, Exception):
        raise outcome.found
    assert outcome.found == case.expected
    reasons = {line["reason"] for line in lines_of(outcome.log)}
    assert case.reason in reasons or not case.reason


def test_no_row_is_without_a_case_and_no_case_without_a_row() -> None:
    assert FILES
    assert {case.row for case in CASES} == set(ROWS)
    assert len(NAMED) == len(CASES)


def test_the_log_of_all_of_them_is_whole_and_holds_no_secret(
    outcomes: Mapping[str, Happened],
) -> None:
    log = "\n".join(outcome.log for outcome in outcomes.values())
    assert len(lines_of(log)) > len(CASES)
    assert "forged" not in {line["path"] for line in lines_of(log)}
    parts = {part for text in world.presented for part in (text, *text.split("."))}
    told = [part for part in parts if len(part) > SHORTEST and part in log]
    assert told == []


def test_no_hostile_input_breaks_anything(outcomes: Mapping[str, Happened]) -> None:
    """What is away says so with a 503; nothing else is ours."""
    lines = [line for outcome in outcomes.values() for line in lines_of(outcome.log)]
    assert {line["status"] for line in lines if line["status"] >= 500} == {503}
