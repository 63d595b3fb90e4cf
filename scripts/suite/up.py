"""Starts the local suite and seeds it; stays until Ctrl-C, unless detached."""

import argparse
import time

from scripts.suite import lifecycle
from scripts.suite.console import Refusal, run_verb
from scripts.suite.emulators import FUNCTIONS, HOSTING
from scripts.suite.environment import STRIPE_URL
from scripts.suite.lifecycle import Suite
from scripts.suite.paths import LOCAL, LOG

_ENDPOINTS = f"""
  API        {HOSTING}/api/v1/
  functions  {FUNCTIONS}
  Firestore  127.0.0.1:8080
  Auth       127.0.0.1:9099
  Pub/Sub    127.0.0.1:8085
  Stripe     {STRIPE_URL} (a stand-in)
  log        {LOG}
  seed       {LOCAL / "ecosystem.json"}
"""


def up(arguments: list[str]) -> int:
    options = _options(arguments)
    if suite := lifecycle.running():
        print(f"The suite is running already (process {suite.pid}, since {suite.started}).")
        return 0
    suite = lifecycle.start()
    print(f"The suite is ready.\n{_ENDPOINTS}", flush=True)
    return 0 if options.detach else _stay(suite)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/up", description=__doc__)
    parser.add_argument("--detach", action="store_true", help="return when ready and seeded")
    return parser.parse_args(arguments)


def _stay(suite: Suite) -> int:
    print("Ctrl-C stops it.", flush=True)
    try:
        return _watch(suite)
    finally:
        print(f"Stopped {lifecycle.stop()} processes.", flush=True)


def _watch(suite: Suite) -> int:
    while suite.runs:
        time.sleep(1)
    if Suite.known() is None:
        return 0
    raise Refusal(f"The emulators ended by themselves; their log: {LOG}")


if __name__ == "__main__":
    run_verb(up)
