"""Runs the tests: `test [unit|emulator|e2e] [pytest arguments]`; all tiers where none is named."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from scripts.suite import lifecycle
from scripts.suite.console import run_verb, say
from scripts.suite.environment import suite_environment
from scripts.suite.paths import ROOT

TIERS = ("unit", "emulator", "e2e")
_NOTHING_CHOSEN = 5


def test(arguments: list[str]) -> int:
    if arguments and arguments[0] in TIERS:
        return _in_turn(arguments[:1], arguments[1:])
    return _in_turn(list(TIERS), arguments)


def _in_turn(tiers: list[str], arguments: list[str]) -> int:
    """Stops at the first tier that fails, so that its summary is the last thing on the screen."""
    codes = [_NOTHING_CHOSEN]
    with ExitStack() as suite:
        for tier in tiers:
            if tier != "unit":
                suite.enter_context(lifecycle.available())
            codes.append(_pytest(tier, arguments))
            if codes[-1] not in (0, _NOTHING_CHOSEN):
                return codes[-1]
    return min(codes)


def _pytest(tier: str, arguments: list[str]) -> int:
    say(f"== {tier} tests")
    chosen = [argument for argument in arguments if Path(ROOT, argument.split("::")[0]).exists()]
    where = [] if chosen else [f"tests/{tier}"]
    command = [sys.executable, "-m", "pytest", *where, *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(tier), check=False).returncode


def _environment(tier: str) -> dict[str, str]:
    return dict(os.environ) if tier == "unit" else {**os.environ, **suite_environment()}


if __name__ == "__main__":
    run_verb(test)
