"""What the benchmarks of accounts share: accounts with plenty, and instances of the service."""

from uuid import uuid4

from google.cloud import firestore

from scripts.suite.environment import suite_environment
from shared.kernel.settings import read_settings
from shared.tokens.commands import Purchase
from shared.tokens.desk import Desk
from shared.tokens.models import Account
from shared.tokens.service import Tokens
from shared.tokens.store import Accounts
from shared.wiring import Wiring

HUB = "demo-bench"
PLENTY = 1_000_000_000


def wired() -> Wiring:
    return Wiring(read_settings(bench_environment()))


def bench_environment() -> dict[str, str]:
    """A hub that has no triggers: what they do after each write would be measured with it."""
    return suite_environment() | {"HYPHAE_HUB": HUB, "GCLOUD_PROJECT": HUB}


def rich_account(wiring: Wiring) -> str:
    """An account that no benchmark empties."""
    account_id = f"bench-{uuid4().hex}"
    wiring.tokens.balance(account_id, wiring.tokens.free(lambda _: None))
    wiring.tokens.execute(account_id, "purchase:bench", Purchase("bench", PLENTY))
    return account_id


def instance(wiring: Wiring, client: firestore.Client) -> Tokens:
    """A service that remembers nothing yet."""
    accounts = Accounts(client)
    desk = Desk(accounts, wiring.policy, wiring.clock)
    return Tokens(accounts, desk, wiring.policy, wiring.clock)


def there(account_id: str) -> Account:
    raise AssertionError(f"{account_id} is there")
