"""docs/settings.md lists every variable that the settings read, and their defaults."""

import re
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.settings import read_settings
from tests.builders import LIVE

DOCUMENT = (Path(__file__).parents[3] / "docs" / "settings.md").read_text()
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<meaning>.+) \| (?P<default>.*?) ?\|$", re.M)
ROWS = {row["name"]: row for row in ROW.finditer(DOCUMENT)}
DEFAULTS = {name: row["default"].split("`")[1] for name, row in ROWS.items() if row["default"]}


class Listening(dict[str, str]):
    """An environment that notes down what it is asked for."""

    def __init__(self, environ: dict[str, str]) -> None:
        super().__init__(environ)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


@pytest.fixture
def read() -> set[str]:
    environ = Listening(LIVE)
    read_settings(environ)
    return {name for name in environ.asked if name.startswith(("HYPHAE_", "REDIS_", "STRIPE_"))}


def test_it_lists_what_is_read_and_nothing_else(read: set[str]) -> None:
    assert set(ROWS) == read


def test_no_variable_is_read_elsewhere(read: set[str]) -> None:
    root = Path(__file__).parents[3]
    sources = [file for half in ("functions", "shared") for file in (root / half).rglob("*.py")]
    named = re.compile(r"\b(?:HYPHAE|REDIS|STRIPE)_[A-Z_]+\b")
    assert {name for file in sources for name in named.findall(file.read_text())} <= read


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_a_default_is_what_holds_without_the_variable(name: str) -> None:
    assert read_settings(LIVE | {name: DEFAULTS[name]}) == read_settings(LIVE)


@pytest.mark.parametrize("name", sorted(set(ROWS) - set(LIVE) - {"HYPHAE_ALERTS"}))
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    assert read_settings(LIVE | {name: ""}) == read_settings(LIVE)
