"""Verifies the chain of one account's ledger: `verify ACCOUNT`.

Against the local suite; with HYPHAE_ENV unset and credentials at hand, against the hub itself.
"""

import os

from scripts.suite.console import Refusal, run_verb
from scripts.suite.environment import suite_environment
from shared.kernel.settings import read_settings
from shared.wiring import Wiring


def verify(arguments: list[str]) -> int:
    if len(arguments) != 1:
        raise Refusal("Name one account.")
    if not os.environ.get("HYPHAE_HUB"):
        os.environ.update(suite_environment())
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


if __name__ == "__main__":
    run_verb(verify)
