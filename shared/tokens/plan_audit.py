"""Changes of plans in the audit of whose account it is, in the commit of the change.

A pool's are its tenant's, any other account's are its user's. What is no change of a plan costs
nothing here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.auth.audit import Line, line_of, line_of_user, told_in_turn
from shared.auth.chain import Act
from shared.platform.wire import Found, Wire, Write
from shared.tokens.models import Account
from shared.tokens.plans import PLAN_CHANGE
from shared.tokens.rows import Row
from shared.tokens.saves import Acts, Save

POOL = "org_"


class Telling(NamedTuple):
    """The writes that tell of changes, and the end of the audit that they are to follow."""

    writes: Sequence[Write] = ()
    path: str = ""
    found: Mapping[str, Found] = {}


class PlanAudit:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def telling(self, save: Save) -> Telling:
        """Costs a read where there is anything to tell."""
        acts = [*save.told, *((_changed(row), row.at) for row in save.rows if _of_plan(row))]
        if not acts:
            return Telling()
        line = _line(save.account.account_id)
        found = self._wire.get([line.path])
        return Telling(told_in_turn(self._wire, line, found, acts), line.path, found)

    def overtaken(self, telling: Telling) -> bool:
        """Whether somebody else has told of something there meanwhile."""
        return bool(telling.path) and self._wire.get([telling.path]) != telling.found


def opened(account: Account, by: str, now: datetime) -> Acts:
    """That somebody gave a new account its plan."""
    return [(Act(by, "plan.open", account.account_id, {"tier": account.tier}), now)]


def _of_plan(row: Row) -> bool:
    return row.type == PLAN_CHANGE


def _changed(row: Row) -> Act:
    said = dict(row.metadata or {})
    action = "plan.change" if "to" in said else "plan.limits"
    return Act(said.pop("by", ""), action, row.after.account_id, said)


def _line(account_id: str) -> Line:
    if account_id.startswith(POOL):
        return line_of(account_id.removeprefix(POOL))
    return line_of_user(account_id)
