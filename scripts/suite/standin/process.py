"""Starts the stand-in of Stripe as a part of the suite: it carries the mark, so it ends with it."""

import os
import subprocess
import sys
import time

from scripts.suite.console import Refusal
from scripts.suite.emulators import HOSTING
from scripts.suite.environment import STRIPE_URL, suite_environment
from scripts.suite.http import NoAnswer, get_json
from scripts.suite.paths import LOCAL, ROOT
from scripts.suite.processes import VARIABLE

LOG = LOCAL / "stripe.log"
WEBHOOK = f"{HOSTING}/api/v1/billing/webhooks/stripe"
_PATIENCE = 20


def start(mark: str) -> subprocess.Popen[bytes]:
    marked = {VARIABLE: mark, "HYPHAE_STANDIN_WEBHOOK": WEBHOOK}
    with LOG.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.suite.standin.stripe"],
            cwd=ROOT,
            env={**os.environ, **suite_environment(), **marked},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until_ready(standin: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _answers():
        if standin.poll() is not None or time.monotonic() > deadline:
            raise Refusal(f"The stand-in of Stripe did not start: {LOG}")
        time.sleep(0.1)


def _answers() -> bool:
    try:
        return bool(get_json(f"{STRIPE_URL}/standin/events"))
    except NoAnswer:
        return False
