"""Two projects with the repository's rules: the hub and a member, filled anew for each test."""

import os
from pathlib import Path

import pytest

from tests.emulator.rules.builders import (
    APP,
    APP_DOCUMENTS,
    BACKBONE_ONLY,
    BACKOFFICE,
    HUB,
    HUB_DOCUMENTS,
)
from tests.emulator.rules.harness import Database

RULES = Path(__file__).parents[3] / "firestore.rules"
STAND_INS = {"demo-hub": HUB, "demo-app": APP, "demo-bo": BACKOFFICE}


def stood_in() -> str:
    """The rules, with the ids of these tests' own projects in place of the suite's."""
    text = RULES.read_text()
    for project, stand_in in STAND_INS.items():
        assert text.count(f"'{project}'") == 1
        text = text.replace(f"'{project}'", f"'{stand_in}'")
    return text


@pytest.fixture(scope="session")
def rules() -> str:
    return stood_in()


@pytest.fixture(scope="session")
def guarded_hub() -> Database:
    return guarded(HUB)


@pytest.fixture(scope="session")
def guarded_app() -> Database:
    return guarded(APP)


@pytest.fixture
def hub(guarded_hub: Database) -> Database:
    guarded_hub.reset({**HUB_DOCUMENTS, **BACKBONE_ONLY, **APP_DOCUMENTS})
    return guarded_hub


@pytest.fixture
def app(guarded_app: Database) -> Database:
    guarded_app.reset({**HUB_DOCUMENTS, **BACKBONE_ONLY, **APP_DOCUMENTS})
    return guarded_app


def guarded(project: str) -> Database:
    """A project's database, held to the rules."""
    host = os.environ.get("FIRESTORE_EMULATOR_HOST")
    assert host, "FIRESTORE_EMULATOR_HOST names no emulator: start the suite first."
    database = Database(host, project)
    database.load_rules(stood_in())
    return database
