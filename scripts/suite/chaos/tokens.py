"""One run of the token service under faults. The same seed is the same run.

Clients spend, hold, settle, refund, buy and ask again, all at once, on instances that crash,
forget, disagree about the time and lose the answers of the store.
"""

from functools import partial
from unittest.mock import patch

from scripts.suite.chaos.clients import Client
from scripts.suite.chaos.memory import Documents
from scripts.suite.chaos.verdict import Verdict
from scripts.suite.chaos.wishes import Wish
from scripts.suite.chaos.world import World


def run(seed: int, documents: Documents | None = None) -> None:
    """Raises AssertionError, with the seed, for anything that is not as it must be."""
    try:
        stored(seed, documents or Documents())
    except BaseException as failure:
        raise AssertionError(f"seed {seed}: {type(failure).__name__}: {failure}") from failure


def stored(seed: int, documents: Documents) -> Documents:
    """What a run leaves behind, found to be right."""
    world = World(seed, documents)
    wishes: list[Wish] = []
    accounts = {name: world.random.random() < 0.7 for name in ("a", "org_b")}
    if world.random.random() < 0.7:
        del accounts["org_b"]
    client = Client(world, wishes, accounts)
    world.scheduler.spawn(partial(_begin, world, client, accounts))
    with patch("time.sleep", lambda _: world.scheduler.step()):  # who waits lets others go first
        world.scheduler.run()
    world.deliver_late()
    Verdict(world, wishes).require()
    return documents


def _begin(world: World, client: Client, accounts: dict[str, bool]) -> None:
    for account_id, opened in accounts.items():
        if opened:
            client.open(account_id)
    for _ in range(world.random.randrange(2, 6)):
        world.scheduler.spawn(client.live)
