"""What operations cost, counted on the wire, and what a million users cost a month; no peer."""

from typing import Any

from scripts.suite.scale.limits import rooms
from scripts.suite.scale.month import PROFILE, USERS, bill, month
from scripts.suite.scale.operations import measured
from scripts.suite.scale.tables import bill_table, operations_table, refresh_table, rooms_table

NEEDS_SUITE = True


def run() -> dict[str, Any]:
    operations = measured()
    total = month(operations)
    lines = bill(total)
    tables = (operations_table(operations), bill_table(lines), refresh_table())
    print("\n\n".join((*tables, rooms_table(rooms()))), flush=True)
    return {
        "ours": round(sum(line.dollars for line in lines)),
        "unit": f"US$ a month for {USERS:,} users, by list prices",
        "detail": {
            "month": {name: round(amount) for name, amount in total._asdict().items()},
            "dollars": {line.name: round(line.dollars, 2) for line in lines},
            "profile": dict(PROFILE),
            "operations": {operation.name: operation[1:] for operation in operations},
        },
    }
