"""The decision as a whole: what a command is known by, and what its rows are called."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import Conflict
from shared.kernel.ids import derived_id
from shared.tokens.commands import ChangePlan, Command, Settle, Touch, Void
from shared.tokens.models import Account
from shared.tokens.rules import apply, fingerprint
from tests.builders import NEW_YEAR, POLICY, account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    SOON,
    adjust,
    after,
    change,
    gift,
    hold,
    hold_id,
    limits,
    purchase,
    refund,
    take_back,
)

NAMED: list[tuple[str, Command]] = [
    ("op", deduction(1)),
    ("hold", hold(1)),
    ("purchase:pi_1", purchase(1)),
    ("reversal:re_1", take_back(1)),
    ("gift", gift(1)),
    ("adjust", adjust(1)),
    ("adjust", adjust(-1)),
    ("plan", ChangePlan("plan", "pro")),
]


def test_a_repeated_key_must_repeat_everything() -> None:
    commands: list[Command] = [
        deduction(1),
        deduction(2),
        deduction(1, task_type="chat"),
        deduction(1, actor="ana"),
        deduction(1, metadata={"a": 1}),
        deduction(1, metadata={"a": "1"}),
        deduction(1, metadata={"a": None}),
        hold(1),
        hold(1, ttl=timedelta(hours=2)),
        gift(1),
        gift(1, SOON),
        limits(),
        limits(members={"ana": 1}),
    ]
    assert len({fingerprint(command) for command in commands}) == len(commands)


def test_the_order_of_members_makes_no_difference() -> None:
    one, other = {"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}
    assert fingerprint(deduction(1, metadata=one)) == fingerprint(deduction(1, metadata=other))


@pytest.mark.parametrize(("name", "command"), NAMED)
def test_a_commands_row_is_named_by_its_operation(name: str, command: Command) -> None:
    assert change(account(), command).rows[-1].row_id == derived_id("a", name)


def test_rows_of_two_accounts_never_meet() -> None:
    one, other = (change(account(account_id=name), deduction(1)).rows[-1] for name in "ab")
    assert one.row_id != other.row_id


def test_no_key_of_a_caller_names_a_row_that_time_makes() -> None:
    held = after(account(), gift(5, FEBRUARY), hold(1, ttl=timedelta(days=60)), hold(1, "short"))
    spent = change(held, deduction(1))
    rows = [
        *change(spent.account, Touch(), FEBRUARY).rows,
        change(held, Settle(hold_id(), 1)).rows[-1],
        change(spent.account, refund(spent.rows[-1])).rows[-1],
    ]
    assert [row.type for row in rows] == ["expire", "expire", "refresh", "settle", "refund"]
    names = ("refresh:1", f"resolve:{hold_id()}", f"refund:{spent.rows[-1].row_id}", "lapse")
    assert not {row.row_id for row in rows} & {derived_id("a", name) for name in names}


def test_a_refused_command_leaves_nothing_behind() -> None:
    held = account(base_left=0)
    with pytest.raises(Exception, match="0 token"):
        change(held, deduction(1))
    assert held == account(base_left=0)


def test_touching_an_account_that_is_up_to_date_changes_nothing() -> None:
    done = change(account(), Touch())
    assert (done.account, done.rows, done.messages) == (account(), (), ())


def test_every_row_follows_the_one_before() -> None:
    held = after(account(), gift(5, FEBRUARY), hold(1), hold(2, "other", timedelta(days=40)))
    done = change(held, Void(hold_id("other")), FEBRUARY)
    assert [row.after.seq for row in done.rows] == [4, 5, 6, 7]
    assert done.account.seq == 7


def test_time_stands_still_for_a_parked_account() -> None:
    parked = replace(account(base_left=40), parked=True)
    later = NEW_YEAR + timedelta(days=100)
    assert apply(parked, Touch(), POLICY, later).account == parked


LARGEST = 2**53 - 1
FULL = account(purchased=LARGEST - 100)


@pytest.mark.parametrize(
    ("held", "command"),
    [
        (FULL, purchase(1)),
        (FULL, gift(1)),
        (FULL, adjust(1)),
        (FULL, ChangePlan("plan", "pro")),
        (account(total_used=LARGEST), deduction(1)),
        (account(debt=LARGEST), take_back(1)),
        (after(account(), hold(100)), Settle(hold_id(), LARGEST)),
    ],
)
def test_no_more_tokens_come_about_than_can_be_counted(held: Account, command: Command) -> None:
    used = replace(held, total_used=max(held.total_used, 1))
    with pytest.raises(Conflict):
        apply(used, command, POLICY, NEW_YEAR)
