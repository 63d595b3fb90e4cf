"""Clients who want things done once, and ask until they are told that they are, or may not be."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from scripts.suite.chaos import wishes
from scripts.suite.chaos.books import require
from scripts.suite.chaos.scheduler import Crashed
from scripts.suite.chaos.wishes import Refusal, Wish
from scripts.suite.chaos.world import Server, World
from shared.kernel.errors import Conflict, DependencyUnavailable, InsufficientTokens
from shared.tokens.commands import Deduct, PlaceHold

PATIENCE = 200
TTLS = (timedelta(seconds=3), timedelta(minutes=10), timedelta(days=50))


class Client:
    """Does a few things that come to mind, all on one account or another."""

    def __init__(self, world: World, known: list[Wish], accounts: dict[str, bool]) -> None:
        self._world = world
        self._random = world.random
        self._known = known
        self._accounts = accounts

    def live(self) -> None:
        for _ in range(self._random.randrange(2, 6)):
            account_id = self._random.choice(sorted(self._accounts))
            acts = [self._spend, self._spend, self._hold, self._repeat, self._refund, self._renew]
            if self._accounts[account_id]:
                acts += [self._pay, self._give, self._end_hold]
            self._random.choice(acts)(account_id)

    def open(self, account_id: str) -> None:
        """The account is there before anybody else comes."""
        for _ in range(PATIENCE):
            with self._server() as server:
                server.tokens.balance(account_id, server.opening)
                return

    def get(self, wish: Wish) -> None:
        """Ask whichever instance answers, in the same words, until something is certain."""
        if wish not in self._known:
            self._known.append(wish)
        before = _certain(wish)
        for _ in range(PATIENCE):
            with self._server() as server:
                self._ask(wish, server)
            if _certain(wish) > before:
                return

    def _ask(self, wish: Wish, server: Server) -> None:
        wish.asked += 1
        began, first = server.now(), self._world.version(wish.account_id)
        try:
            wish.answers.append(wish.ask(server).entry)
        except InsufficientTokens:
            versions = (first, self._world.version(wish.account_id))
            wish.refusals.append(Refusal((began, server.now()), versions))
        except Conflict:
            wish.conflicts += 1

    @contextmanager
    def _server(self) -> Iterator[Server]:
        """An instance that may crash or be cut off while it is asked; then nothing is certain."""
        task = self._world.scheduler.current
        server = task.inside = self._world.server()
        try:
            yield server
        except (Crashed, DependencyUnavailable):
            pass
        finally:
            task.inside = None

    def _spend(self, account_id: str) -> None:
        self.get(wishes.deduct(account_id, self._key(), self._amount()))

    def _hold(self, account_id: str) -> None:
        ttl = self._random.choice(TTLS)
        self.get(wishes.hold(account_id, self._key(), self._amount(), ttl))
        self._end_hold(account_id)

    def _end_hold(self, account_id: str) -> None:
        """Whoever's hold it is; several may try."""
        holds = [wish for wish in self._done(account_id) if type(wish.command) is PlaceHold]
        if holds:
            held = self._random.choice(holds)
            amount = self._random.choice((1, held.amount, held.amount + 30))
            ends = (wishes.settle(held, amount), wishes.settle(held, amount), wishes.void(held))
            self.get(self._random.choice(ends))

    def _repeat(self, account_id: str) -> None:
        """Somebody's wish again, perhaps while they wait for it themselves."""
        known = [wish for wish in self._known if wish.account_id == account_id]
        if known:
            self.get(self._random.choice(known))

    def _refund(self, account_id: str) -> None:
        spent = [wish for wish in self._done(account_id) if type(wish.command) is Deduct]
        spent = [wish for wish in spent if wish.answers[0].type == "deduct"]
        if spent:
            done = self._random.choice(spent)
            key = self._random.choice(("refund", "another refund"))
            self.get(wishes.refund(done, f"{key} of {done.row_id}"))

    def _pay(self, account_id: str) -> None:
        payment, amount = self._key(), self._amount()
        self.get(wishes.purchase(account_id, payment, amount))
        if self._random.random() < 0.4:
            self.get(wishes.take_back(account_id, payment, amount))

    def _give(self, account_id: str) -> None:
        key, amount = self._key(), self._amount()
        end = self._world.now + self._random.choice(TTLS)
        tier = self._random.choice(("free", "pro"))
        given, changed = (
            wishes.gift(account_id, key, amount, end),
            wishes.plan(account_id, key, tier),
        )
        self.get(self._random.choice((given, given, changed)))

    def _renew(self, _account_id: str) -> None:
        """A page of the schedule, which comes again until it is done, and sometimes after."""
        left = self._random.choice((1, 2))
        for _ in range(PATIENCE):
            with self._server() as server:
                outcome = server.renewal.refresh(sorted(self._accounts))
                require(not outcome.broken, "an account is broken")
                left -= 1
            if not left:
                return

    def _done(self, account_id: str) -> list[Wish]:
        return [wish for wish in self._known if wish.account_id == account_id and wish.answers]

    def _key(self) -> str:
        return f"key-{self._random.randrange(10**9)}"

    def _amount(self) -> int:
        return self._random.choice((1, 7, 20, 45, 90))


def _certain(wish: Wish) -> int:
    return len(wish.answers) + len(wish.refusals) + wish.conflicts
