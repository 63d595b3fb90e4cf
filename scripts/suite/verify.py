"""Verifies the chain of one account's ledger: `verify ACCOUNT`.

In the local suite; in a deployed hub where HYPHAE_HUB names it and credentials are at hand.
"""

import os

from scripts.suite import lifecycle
from scripts.suite.console import Refusal, run_verb
from scripts.suite.environment import suite_environment
from shared.kernel.settings import read_settings
from shared.wiring import Wiring


def verify(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0]:
        raise Refusal("Name one account.")
    if not os.environ.get("HYPHAE_HUB"):
        _enter_suite()
    wiring, account_id = Wiring(read_settings(os.environ)), arguments[0]
    seen = wiring.accounts.look(account_id).account
    if seen is None:
        raise Refusal(f"There is no account {account_id}.")
    broken = wiring.reconciler.verify(seen)
    print(
        f"{account_id}: {seen.seq} rows, "
        + ("the chain holds" if broken is None else f"row {broken} breaks the chain")
    )
    return 0 if broken is None else 1


def _enter_suite() -> None:
    if not lifecycle.running():
        raise Refusal("No suite of this clone runs: start it with scripts/up, or set HYPHAE_HUB.")
    os.environ.update(suite_environment())


if __name__ == "__main__":
    run_verb(verify)
