"""Runs the main job on the real suite and tells what happens: `demo [--keep]`."""

import argparse
import os

from scripts.suite import lifecycle
from scripts.suite.console import run_verb
from scripts.suite.environment import suite_environment
from scripts.suite.stage import Story, StoryBroken
from scripts.suite.story import steps


def demo(arguments: list[str]) -> int:
    options = _options(arguments)
    os.environ.update(suite_environment())
    with lifecycle.available(keep=options.keep):
        code = _tell(Story())
    if options.keep:
        print("\nThe suite keeps running; scripts/down stops it.")
    return code


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the suite running")
    return parser.parse_args(arguments)


def _tell(story: Story) -> int:
    try:
        for title, step in steps():
            print(f"\n{title}", flush=True)
            step(story)
    except StoryBroken as broken:
        print(f"\nThis did not happen: {broken}", flush=True)
        return 1
    _print_times(story)
    return 0


def _print_times(story: Story) -> None:
    """The first call of each kind starts a process; that is the emulator's way, not the cloud's."""
    width = max(len(what) for what in story.times)
    print(f"\n{'What':<{width}}  milliseconds")
    for what, seconds in story.times.items():
        print(f"{what:<{width}}  {seconds * 1000:>12,.0f}")


if __name__ == "__main__":
    run_verb(demo)
