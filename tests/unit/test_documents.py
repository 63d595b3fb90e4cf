"""What the documents name is there, and what there is, they name."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from main import FUNCTIONS
from scripts.suite.paths import ROOT

TOP = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "scripts/README.md")
]
DOCUMENTS = {str(file.relative_to(ROOT)): file for file in [*TOP, *(ROOT / "docs").rglob("*.md")]}
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)")
PLACE = re.compile(r"`((?:docs|functions|scripts|shared|tests)/[\w./-]+)`")


@pytest.fixture(params=sorted(DOCUMENTS))
def document(request: pytest.FixtureRequest) -> Path:
    return DOCUMENTS[request.param]


def headings(document: Path) -> set[str]:
    """As the anchors that GitHub makes of them."""
    found = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def dead_links(document: Path) -> Iterator[str]:
    for path, anchor in LINK.findall(document.read_text()):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in headings(target)):
            yield f"{path}#{anchor}"


def test_links_lead_somewhere(document: Path) -> None:
    assert list(dead_links(document)) == []


def test_files_that_are_named_exist(document: Path) -> None:
    assert [p for p in PLACE.findall(document.read_text()) if not (ROOT / p).exists()] == []


def test_every_row_belongs_to_a_table_with_a_head(document: Path) -> None:
    """A blank line in a table makes plain text of all that follows."""
    lines = ["", *document.read_text().splitlines(), ""]
    first = [i for i, (above, row) in enumerate(pairwise(lines), 1) if row[:1] == "|" != above[:1]]
    assert [lines[i] for i in first if not lines[i + 1].startswith("|---")] == []


def test_the_readme_names_every_function() -> None:
    text = (ROOT / "README.md").read_text()
    assert [name for name in FUNCTIONS if f"`{name}`" not in text] == []


def test_decisions_have_numbers_of_their_own_and_stand_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("0*.md"))
    assert [n for n, times in Counter(page.name[:4] for page in pages).items() if times > 1] == []
    titles = [page.read_text().splitlines()[0].removeprefix("# ").split(": ", 1) for page in pages]
    rows = [
        f"| [{page.name[:4]}]({page.name}) | {title} |"
        for page, (number, title) in zip(pages, titles, strict=True)
        if number == page.name[:4]
    ]
    index = (folder / "README.md").read_text().splitlines()
    assert [line for line in index if line.startswith("| [")] == rows
