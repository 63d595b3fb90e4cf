"""Rows as they are stored: the chain, the entry, the balance a caller sees."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.commands import Command, Settle
from shared.tokens.ledger import balance_view, broken_at, entry, row_hash, sealed
from shared.tokens.rows import Row
from tests.builders import account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    adjust,
    after,
    change,
    gift,
    hold,
    hold_id,
    limits,
    purchase,
    take_back,
)

Stored = dict[str, Any]
STORY: tuple[Command, ...] = (
    limits("cap", 500),
    purchase(50),
    deduction(120, task_type="chat", metadata={"model": "x", "n": 1.5}),
    gift(9, FEBRUARY + timedelta(days=2)),
    hold(20),
    Settle(hold_id(), 90),
    take_back(50),
    adjust(-3),
    adjust(200, "up"),
)


def rows(*commands: Command) -> list[Row]:
    held = account()
    found: list[Row] = []
    for number, command in enumerate(commands):
        done = change(held, command, FEBRUARY + timedelta(minutes=number))
        found += done.rows
        held = done.account
    return found


def chain(found: list[Row]) -> list[Stored]:
    return sealed("", found, [f"mark-{row.row_id}" for row in found])


CHAIN = chain(rows(*STORY))


def changed(at: int, **members: Any) -> list[Stored]:
    return [*CHAIN[:at], CHAIN[at] | members, *CHAIN[at + 1 :]]


def rehashed(document: Stored) -> Stored:
    return document | {"hash": row_hash(document)}


def test_a_whole_chain_holds() -> None:
    assert [row["type"] for row in CHAIN][:2] == ["refresh", "plan_change"]
    assert broken_at(CHAIN) is None


def test_a_chain_can_be_written_in_several_commits() -> None:
    found = rows(*STORY)
    first = chain(found[:4])
    rest = sealed(first[-1]["hash"], found[4:], [f"mark-{row.row_id}" for row in found[4:]])
    assert [*first, *rest] == CHAIN


@given(st.integers(0, len(CHAIN) - 1), st.sampled_from(sorted(set(CHAIN[0]) - {"hash"})))
def test_a_changed_row_is_found(at: int, member: str) -> None:
    assert broken_at(changed(at, **{member: "changed"})) == at + 1


@given(st.integers(0, len(CHAIN) - 2))
def test_a_row_that_was_changed_and_hashed_again_breaks_the_next(at: int) -> None:
    assert (
        broken_at([*CHAIN[:at], rehashed(CHAIN[at] | {"amount": 9999}), *CHAIN[at + 1 :]]) == at + 2
    )


@given(st.integers(0, len(CHAIN) - 2))
def test_a_removed_row_is_found(at: int) -> None:
    assert broken_at([*CHAIN[:at], *CHAIN[at + 1 :]]) == at + 1


@given(st.integers(0, len(CHAIN) - 2))
def test_swapped_rows_are_found(at: int) -> None:
    swapped = [*CHAIN[:at], CHAIN[at + 1], CHAIN[at], *CHAIN[at + 2 :]]
    assert broken_at(swapped) == at + 1


def test_rows_that_are_missing_at_the_end_show_in_the_accounts_head() -> None:
    assert broken_at(CHAIN[:-1]) is None
    assert CHAIN[-2]["hash"] != CHAIN[-1]["hash"]


def test_a_row_that_lacks_its_place_is_found() -> None:
    for name in ("prevHash", "seq", "hash"):
        broken = {key: value for key, value in CHAIN[2].items() if key != name}
        assert broken_at([*CHAIN[:2], broken]) == 3


def test_an_inserted_row_is_found() -> None:
    assert broken_at([*CHAIN[:3], CHAIN[2], *CHAIN[3:]]) == 4


def test_the_postings_of_every_row_sum_to_zero() -> None:
    for row in CHAIN:
        assert sum(posting["amount"] for posting in row["postings"]) == 0


def test_a_row_says_how_much_came_from_what_was_included() -> None:
    row = next(row for row in CHAIN if row["type"] == "deduct")
    assert (row["amount"], row["fromIncluded"], row["fromPurchased"]) == (120, 100, 20)


def test_an_entry_is_the_row_it_was() -> None:
    row = change(account(purchased=50), deduction(120, task_type="chat", actor="ana")).rows[-1]
    (stored,) = sealed("", [row], ["mark"])
    found = entry(row.row_id, stored)
    assert (found.row_id, found.type, found.amount, found.parts) == (
        row.row_id,
        "deduct",
        120,
        row.parts,
    )
    assert (found.seq, found.cycle, found.at, found.fingerprint) == (1, 0, row.at, "mark")
    assert (found.task_type, found.actor, found.available_after) == ("chat", "ana", 30)
    assert found.result == balance_view(row.after)


def test_a_balance_counts_held_tokens_as_there_but_not_as_available() -> None:
    view = balance_view(after(account(purchased=50), hold(120), deduction(7)))
    names = ("purchasedTokens", "heldTokens", "availableBaseTokens", "availablePurchasedTokens")
    assert [view[name] for name in names] == [43, 120, 0, 23]
    assert (view["totalAvailable"], view["totalUsedTokens"]) == (23, 7)


def test_a_balance_says_what_is_owed() -> None:
    assert balance_view(replace(account(), debt=9))["debt"] == 9


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes"])
def test_what_is_no_json_is_not_hashed(value: object) -> None:
    with pytest.raises(TypeError):
        row_hash({"metadata": value})


def test_a_row_leaves_out_what_it_does_not_say_and_once_said_null() -> None:
    row = change(account(), deduction(1)).rows[-1]
    (stored,) = sealed("", [row], ["mark"])
    assert None not in stored.values()
    unsaid = dict.fromkeys(("taskType", "metadata", "actor", "reference", "organizationId"))
    assert not stored.keys() & unsaid.keys()
    old = stored | unsaid
    old["hash"] = row_hash(old)
    assert (broken_at([stored]), broken_at([old])) == (None, None)
    assert entry("row", old) == entry("row", stored)
