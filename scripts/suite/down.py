"""Stops the suite of this clone and everything that it started."""

from scripts.suite import lifecycle
from scripts.suite.console import run_verb


def down(_arguments: list[str]) -> int:
    ended = lifecycle.stop()
    print(f"Stopped the suite: {ended} processes." if ended else "No suite of this clone runs.")
    return 0


if __name__ == "__main__":
    run_verb(down)
