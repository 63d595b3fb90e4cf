"""Every operation whose cost is stated. An area adds its own: prepare uncounted, return the act.

A name says what is counted; docs/scale.md shows the result, and a test holds it to that.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from uuid import uuid4

from scripts.suite.scale import happenings, hooks, menus, sign_ins, spending, streams, sweeping
from scripts.suite.scale.purchases import a_purchase, a_webhook
from scripts.suite.scale.scene import Act, Operation, Scene
from shared.billing.store import AllAccounts, DueAccounts
from shared.kernel.ids import derived_id
from shared.notifications.models import Letter
from shared.tokens.outbox import Announcement
from shared.tokens.reconcile import SAMPLE_ONE_IN

PAGE = 100


def measured() -> list[Operation]:
    scene = Scene()
    alone = [scene.cost(name, prepare(scene)) for name, prepare in ONE_BY_ONE.items()]
    return alone + [scene.cost(name, by_page(scene), PAGE) for name, by_page in BY_PAGE.items()]


def _announce(scene: Scene) -> Act:
    occasion = f"token_low:{uuid4().hex}"
    payload = {"remainingTokens": 20, "threshold": "percent:20", "tier": "free"}
    told = Announcement("token_low", occasion, None, uuid4().hex, payload)
    return partial(scene.instance().outbox.deliver, told)


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
    "recognise a caller by an ID token": sign_ins.by_id_token,
    "recognise a caller by an access token": sign_ins.by_access_token,
    "begin a session": sign_ins.begun,
    "refresh a session": sign_ins.refreshed,
    "sign out everywhere": sign_ins.signed_out,
    "balance, the first ever": spending.opened,
    "balance, check": spending.balance,
    "deduct": spending.cold,
    "deduct, on an instance that knows the account": spending.warm,
    "deduct, repeated": spending.repeated,
    "deduct, the first of a day": spending.first_of_a_day,
    "deduct, the first of a cycle": spending.first_of_a_cycle,
    "deduct, down to a threshold": spending.to_a_threshold,
    "hold": spending.hold,
    "settle": spending.settle,
    "void": spending.void,
    "refund": spending.refund,
    "20 rows of the ledger": spending.rows,
    "usage of 11 days": spending.usage,
    "append to a stream": streams.appended,
    "append, on an instance that knows the stream": streams.known,
    "append, with personal values": streams.personal,
    "append, and tell the event bus": streams.published,
    "append, repeated": streams.repeated,
    "state of 150 events, the first ever": streams.rebuilt,
    "state of 150 events": streams.state,
    "buy: begin": a_purchase,
    "buy: webhook": a_webhook,
    "event: emit": happenings.emit,
    "event: lease 25": happenings.lease,
    "event: acknowledge": happenings.acknowledge,
    "event: refuse": happenings.refuse,
    "webhook: an event that nobody wants": hooks.of_nobody,
    "webhook: taken at once": hooks.taken,
    "webhook: refused": hooks.refused,
    "webhook: tried again and taken": hooks.again,
    "message to the ecosystem": _announce,
    "message by e-mail": _notify,
    "view of a pool": _view,
    "menu: add an item": menus.add,
    "menu: add an item, in a section": menus.add_in_section,
    "menu: edit an item": menus.edit,
    "menu: edit, and nothing is different": menus.edit_nothing,
    "menu: remove an item": menus.remove,
    "menu: remove a section": menus.remove_section,
    "menu: list 20 items": menus.listed,
    "sync: the state of 2 products": menus.services,
    "sync: report": menus.report,
    "sync: a run of 30 items": menus.run,
}
BY_PAGE: Mapping[str, Callable[[Scene], Act]] = {
    "refresh, one of a page": _refresh,
    "audit, one of a page": _audit,
    "sweep, one of a page": sweeping.agreeing,
    "back-fill, one of a page": sweeping.filling,
}


def _samples(account_ids: Sequence[str], occasion: str) -> bool:
    """As the audit itself chooses."""
    numbers = (int(derived_id(account_id, occasion)[:8], 16) for account_id in account_ids)
    return any(number % SAMPLE_ONE_IN == 0 for number in numbers)
