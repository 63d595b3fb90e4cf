"""Several instances of the token service over one store, on clocks that disagree and jump."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, cast

from google.cloud import firestore

from scripts.suite.chaos.memory import Api, Documents, Faults, MemoryClient
from scripts.suite.chaos.scheduler import Instance, Scheduler, Signal
from shared.platform.lanes import Lanes
from shared.tokens.desk import Desk
from shared.tokens.models import Account, Policy, Tier
from shared.tokens.periods import open_account
from shared.tokens.renewal import Renewal
from shared.tokens.service import Tokens
from shared.tokens.store import Accounts

ROOT = f"{MemoryClient.DATABASE}/documents/token_balances/"
START = datetime(2026, 1, 31, 22, tzinfo=UTC)
TIERS = {"free": Tier(100, 130), "pro": Tier(400, 100)}
POLICIES = (
    Policy(TIERS),
    Policy(TIERS, low_percents=(50, 20), low_amounts=(7,)),
    Policy(TIERS, expiry="full"),
    Policy(TIERS, overrun="cap"),
)
MOODS = (Faults(), Faults(), Faults(*[0.0] * 5), Faults(0.1, 0.1, 0.15, 0.1, 0.04))
SKEW_SECONDS = 2
JUMPS = (timedelta(minutes=20), timedelta(hours=9), timedelta(days=5), timedelta(days=40))


class Server(Instance):
    """One warm instance: its memory, its lanes, its clock."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._skew = timedelta(seconds=world.random.uniform(-SKEW_SECONDS, SKEW_SECONDS))
        self.api = Api(world.documents, world.random, world.faults, self._pause)
        accounts = Accounts(cast(firestore.Client, MemoryClient(self.api)))
        lanes = partial(Lanes, event=world.signal, sleep=lambda _: world.scheduler.step())
        wait = cast(Callable[[int], None], lambda _: world.scheduler.step())
        desk = Desk(accounts, world.policy, self.now, cast(Any, lanes), wait)
        self.tokens = Tokens(accounts, desk, world.policy, self.now)
        self.renewal = Renewal(accounts, world.policy, self.now)

    def now(self) -> datetime:
        return self._world.now + self._skew

    def opening(self, account_id: str) -> Account:
        """What the account is when it opens on first use."""
        now = self.now()
        return open_account(account_id, "free", self._world.policy, now, now)

    def _pause(self) -> None:
        self._world.pause(self)


class World:
    """All that a run is made of. Everything that is left to chance is drawn from one seed."""

    def __init__(self, seed: int, documents: Documents) -> None:
        self.random = Random(seed)  # noqa: S311  # chance that can be repeated is the point
        self.faults = self.random.choice(MOODS)
        self.policy = self.random.choice(POLICIES)
        self.scheduler = Scheduler(self.random)
        self.documents = documents
        self.now = START
        self._servers = [Server(self) for _ in range(self.random.randrange(1, 4))]
        self._gone: list[Server] = []
        self._moments: list[datetime] = []

    def signal(self) -> Signal:
        return Signal(self.scheduler)

    def server(self) -> Server:
        """Whoever the load balancer picks."""
        return self.random.choice(self._servers)

    def pause(self, server: Server) -> None:
        """Before and behind every call: time passes, others go first, an instance may die."""
        self._pass_time()
        if self.random.random() < self.faults.crash:
            self._replace(server)
        if self.random.random() < 0.1:
            self.deliver_late()
        if self.random.random() < 0.7:
            self.scheduler.step()
        else:
            self.scheduler.current.require_alive()

    def deliver_late(self) -> None:
        for server in (*self._servers, *self._gone):
            server.api.deliver_late()

    def versions(self, account_id: str) -> Sequence[Any]:
        """All that the account has been."""
        return self.documents.versions.get(ROOT + account_id, ())

    def version(self, account_id: str) -> int:
        """The number of its present one; -1 before it opens."""
        return len(self.versions(account_id)) - 1

    @property
    def latest(self) -> datetime:
        """What the fastest of the clocks may say."""
        return self.now + timedelta(seconds=SKEW_SECONDS)

    def between(self, began: datetime, ended: datetime) -> list[datetime]:
        """All that a clock may have said from then until then."""
        skew = timedelta(seconds=SKEW_SECONDS)
        passed = [moment for moment in self._moments if began - skew <= moment <= ended + skew]
        return [began, *passed, ended]

    def _pass_time(self) -> None:
        self._moments.append(self.now)
        self.now += timedelta(milliseconds=self.random.randrange(1, 400))
        if self.random.random() < 0.01:
            self.now += self.random.choice(JUMPS)

    def _replace(self, server: Server) -> None:
        """The instance is gone with its memory; another starts in its place."""
        if server.dead:
            return
        self.scheduler.kill(server)
        self._gone.append(server)
        self._servers[self._servers.index(server)] = Server(self)
