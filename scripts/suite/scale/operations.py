"""Every operation whose cost is stated. An area adds its own: prepare uncounted, return the act.

A name says what is counted; docs/scale.md shows the result, and a test holds it to that.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from uuid import uuid4

from scripts.suite.scale.purchases import a_purchase, a_webhook
from scripts.suite.scale.scene import Act, Operation, Scene
from shared.auth.models import Identity
from shared.billing.store import AllAccounts, DueAccounts
from shared.kernel.ids import derived_id, new_id
from shared.notifications.models import Letter
from shared.tokens.commands import Deduct, PlaceHold, Settle, Void
from shared.tokens.history import Span
from shared.tokens.models import Account
from shared.tokens.reconcile import SAMPLE_ONE_IN

PAGE = 100
ROWS = 20


def measured() -> list[Operation]:
    scene = Scene()
    alone = [scene.cost(name, prepare(scene)) for name, prepare in ONE_BY_ONE.items()]
    return alone + [scene.cost(name, by_page(scene), PAGE) for name, by_page in BY_PAGE.items()]


def _caller(scene: Scene) -> Act:
    wiring, subject = scene.instance(), uuid4().hex
    identity = Identity("https://issuer.example", subject, "demo-app", scene.now)
    wiring.users.register(new_id(), identity)
    return partial(wiring.users.id_of, identity)


def _opened(scene: Scene) -> Act:
    tokens = scene.instance().tokens
    return partial(tokens.balance, f"scale-{uuid4().hex}", tokens.free(lambda _: None))


def _balance(scene: Scene) -> Act:
    return partial(scene.instance().tokens.balance, scene.account(), _there)


def _deduct_cold(scene: Scene) -> Act:
    return _deduct(scene, scene.account())


def _deduct_warm(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account()
    tokens.deduct(account_id, Deduct("first", 1), _there)
    return partial(tokens.deduct, account_id, Deduct("second", 1), _there)


def _repeated(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account()
    tokens.deduct(account_id, Deduct("same", 1), _there)
    return partial(tokens.deduct, account_id, Deduct("same", 1), _there)


def _first_of_a_day(scene: Scene) -> Act:
    account_id = scene.account()
    _deduct(scene, account_id)()
    scene.later(days=1)
    return _deduct(scene, account_id)


def _first_of_a_cycle(scene: Scene) -> Act:
    account_id = scene.account()
    _deduct(scene, account_id)()
    scene.later(days=31)
    return _deduct(scene, account_id)


def _threshold(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account(purchased=0)
    return partial(tokens.deduct, account_id, Deduct("most", 85), _there)


def _hold(scene: Scene) -> Act:
    wanted = PlaceHold("hold", 5, timedelta(minutes=5))
    return partial(scene.instance().tokens.hold, scene.account(), wanted, _there)


def _settle(scene: Scene) -> Act:
    account_id, hold_id = _held(scene)
    return partial(scene.instance().tokens.settle, account_id, Settle(hold_id, 3))


def _void(scene: Scene) -> Act:
    account_id, hold_id = _held(scene)
    return partial(scene.instance().tokens.void, account_id, Void(hold_id))


def _refund(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account()
    entry = tokens.deduct(account_id, Deduct("op", 1), _there).entry
    return partial(scene.instance().tokens.refund, entry, "refund", "a reason")


def _rows(scene: Scene) -> Act:
    wiring, account_id = scene.instance(), scene.account()
    for number in range(ROWS + 1):
        wiring.tokens.deduct(account_id, Deduct(str(number), 1), _there)
    return partial(wiring.history.rows, account_id, None, Span(), ROWS, None)


def _usage(scene: Scene) -> Act:
    """Of ten days on which something was spent, and today."""
    account_id = scene.account()
    scene.now = scene.now.replace(day=1)
    for _ in range(10):
        _deduct(scene, account_id)()
        scene.later(days=1)
    _deduct(scene, account_id)()
    return partial(scene.instance().history.usage, account_id, "day", Span())


def _announce(scene: Scene) -> Act:
    message = {
        "occasion": f"token_low:{uuid4().hex}",
        "eventType": "token_low",
        "tenantId": None,
        "accountId": uuid4().hex,
        "payload": {"remainingTokens": 20, "threshold": "percent:20", "tier": "free"},
    }
    return partial(scene.instance().outbox.deliver, message)


def _notify(scene: Scene) -> Act:
    wiring, user_id = scene.instance(), f"scale-{uuid4().hex}"
    wiring.hub.document(f"users/{user_id}").set({"profile": {"email": f"{user_id}@example.org"}})
    told = Letter(f"token_low:{user_id}", "token_low", user_id, "Tokens are low", "Hello.\n")
    return partial(wiring.notifier.deliver, told)


def _view(scene: Scene) -> Act:
    balance = {"includedTokens": 100, "totalUsedTokens": 1, "purchasedTokens": 0}
    pool, moment = f"org_scale-{uuid4().hex}", int(scene.now.timestamp() * 1e9)
    scene.instance().quotas.show(pool, balance, moment)
    return partial(scene.instance().quotas.show, pool, balance, moment + 1)


def _refresh(scene: Scene) -> Act:
    wiring, names = scene.instance(), scene.due_accounts(PAGE)

    def act() -> None:
        next(DueAccounts(wiring.hub).pages(datetime.now(UTC), PAGE))
        wiring.renewal.refresh(names)

    return act


def _audit(scene: Scene) -> Act:
    """Accounts outside the sample whose rows are read one by one."""
    wiring, names = scene.instance(), scene.due_accounts(PAGE)
    occasion = next(str(n) for n in count() if not _samples(names, str(n)))

    def act() -> None:
        next(AllAccounts(wiring.hub).pages(PAGE))
        wiring.reconciler.page(names, occasion)

    return act


ONE_BY_ONE: Mapping[str, Callable[[Scene], Act]] = {
    "recognise a caller by an ID token": _caller,
    "balance, the first ever": _opened,
    "balance, check": _balance,
    "deduct": _deduct_cold,
    "deduct, on an instance that knows the account": _deduct_warm,
    "deduct, repeated": _repeated,
    "deduct, the first of a day": _first_of_a_day,
    "deduct, the first of a cycle": _first_of_a_cycle,
    "deduct, down to a threshold": _threshold,
    "hold": _hold,
    "settle": _settle,
    "void": _void,
    "refund": _refund,
    "20 rows of the ledger": _rows,
    "usage of 11 days": _usage,
    "buy: begin": a_purchase,
    "buy: webhook": a_webhook,
    "message to the ecosystem": _announce,
    "message by e-mail": _notify,
    "view of a pool": _view,
}
BY_PAGE: Mapping[str, Callable[[Scene], Act]] = {
    "refresh, one of a page": _refresh,
    "audit, one of a page": _audit,
}


def _deduct(scene: Scene, account_id: str) -> Act:
    return partial(scene.instance().tokens.deduct, account_id, Deduct(uuid4().hex, 1), _there)


def _held(scene: Scene) -> tuple[str, str]:
    account_id, wanted = scene.account(), PlaceHold("hold", 5, timedelta(minutes=5))
    return account_id, scene.instance().tokens.hold(account_id, wanted, _there).entry.row_id


def _samples(account_ids: Sequence[str], occasion: str) -> bool:
    """As the audit itself chooses."""
    numbers = (int(derived_id(account_id, occasion)[:8], 16) for account_id in account_ids)
    return any(number % SAMPLE_ONE_IN == 0 for number in numbers)


def _there(account_id: str) -> Account:
    raise AssertionError(f"{account_id} is there")
