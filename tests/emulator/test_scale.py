"""docs/scale.md says what operations cost; here they are counted."""

from pathlib import Path

from scripts.suite.scale.operations import measured
from scripts.suite.scale.tables import operations_table

DOCUMENT = (Path(__file__).parents[2] / "docs" / "scale.md").read_text()


def without_bytes(row: str) -> str:
    return row.rpartition(" | ")[0]


def test_every_operation_costs_what_the_document_says() -> None:
    said = {without_bytes(line) for line in DOCUMENT.splitlines()}
    counted = operations_table(measured()).splitlines()
    wrong = [row for row in counted[2:] if without_bytes(row) not in said]
    assert wrong == [], "scripts/bench scale prints the tables anew"
