"""Where operations are counted: instances of the backbone on the suite, and a clock that is set."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from google.cloud import firestore

from scripts.suite import manifest
from scripts.suite.counting import Costs, collection, costing, counted_client
from scripts.suite.environment import suite_environment
from scripts.suite.scale.storage import stored_bytes
from shared.kernel.settings import read_settings
from shared.tokens.commands import Purchase
from shared.tokens.documents import account_document
from shared.tokens.periods import open_account
from shared.wiring import Wiring

HUB = "demo-scale"  # which has no triggers: they would do first what is counted here
Act = Callable[[], object]
OPENED = datetime(2026, 1, 1, 9, tzinfo=UTC)
PLENTY = 1_000_000
SEEDED_A_COMMIT = 250


class Operation(NamedTuple):
    """What one costs: remote calls, billed documents, functions it triggers, bytes that stay."""

    name: str
    calls: float
    reads: float
    writes: float
    triggers: float
    stored: float


class Counted(Wiring):
    """An instance of the backbone that remembers nothing yet, and whose calls are counted."""

    def __init__(self, scene: "Scene") -> None:
        super().__init__(
            read_settings(suite_environment() | {"HYPHAE_HUB": HUB}), lambda: scene.now
        )
        self._costs = scene.costs

    def firestore(self, project: str) -> firestore.Client:
        return counted_client(project, self._costs)

    def publish(self, topic: str, data: bytes, **attributes: str) -> None:
        """Nowhere: a message would call functions that are not counted here."""


class Scene:
    def __init__(self) -> None:
        self.costs = Costs()
        self.now = OPENED

    def instance(self) -> Counted:
        return Counted(self)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def account(self, purchased: int = PLENTY) -> str:
        """A free account with what was bought besides."""
        account_id, tokens = f"scale-{uuid4().hex}", self.instance().tokens
        tokens.balance(account_id, tokens.free(lambda _: None))
        if purchased:
            tokens.execute(account_id, "purchase:scale", Purchase("scale", purchased))
        return account_id

    def due_accounts(self, count: int) -> Sequence[str]:
        """Accounts whose cycle ended long ago."""
        wiring, names = self.instance(), [f"scale-{uuid4().hex}" for _ in range(count)]
        start = self.now - timedelta(days=40)
        for at in range(0, count, SEEDED_A_COMMIT):
            batch = wiring.hub.batch()
            for name in names[at : at + SEEDED_A_COMMIT]:
                account = open_account(name, "free", wiring.policy, start, start)
                document = account_document(account)
                batch.set(wiring.hub.document(f"token_balances/{name}"), document)
            batch.commit()
        return names

    def cost(self, name: str, act: Act, of: int = 1) -> Operation:
        """What one of so many costs that are done together."""
        with costing(self.costs) as spent:
            act()
        created = Counter(collection(document.name) for document in spent.created)
        triggers = _triggered(spent.written, "written") + _triggered(created, "created")
        stored = sum(stored_bytes(document) for document in spent.created)
        counts = (spent.calls, spent.reads, spent.writes, triggers, stored)
        return Operation(name, *(count / of for count in counts))


def _triggered(changes: Mapping[str, int], kind: str) -> int:
    """How many functions changes of documents call, by collection, as functions.yaml has them."""
    heard = [
        function.document.split("/")[-2]
        for function in manifest.functions()
        if function.document and not function.for_members
        if function.event["eventType"].endswith(kind)
    ]
    return sum(changes.get(name, 0) for name in heard)
