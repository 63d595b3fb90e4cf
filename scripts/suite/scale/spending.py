"""Spending tokens, and looking back at it."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from scripts.suite.scale.scene import Act, Scene
from shared.tokens.commands import Deduct, PlaceHold, Settle, Void
from shared.tokens.history import Span
from shared.tokens.models import Account

ROWS = 20


def opened(scene: Scene) -> Act:
    tokens = scene.instance().tokens
    return partial(tokens.balance, f"scale-{uuid4().hex}", tokens.free(lambda _: None))


def balance(scene: Scene) -> Act:
    return partial(scene.instance().tokens.balance, scene.account(), _there)


def cold(scene: Scene) -> Act:
    return _deduct(scene, scene.account())


def warm(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account()
    tokens.deduct(account_id, Deduct("first", 1), _there)
    return partial(tokens.deduct, account_id, Deduct("second", 1), _there)


def repeated(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account()
    tokens.deduct(account_id, Deduct("same", 1), _there)
    return partial(tokens.deduct, account_id, Deduct("same", 1), _there)


def first_of_a_day(scene: Scene) -> Act:
    account_id = scene.account()
    _deduct(scene, account_id)()
    scene.later(days=1)
    return _deduct(scene, account_id)


def first_of_a_cycle(scene: Scene) -> Act:
    account_id = scene.account()
    _deduct(scene, account_id)()
    scene.later(days=31)
    return _deduct(scene, account_id)


def to_a_threshold(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account(purchased=0)
    return partial(tokens.deduct, account_id, Deduct("most", 85), _there)


def hold(scene: Scene) -> Act:
    wanted = PlaceHold("hold", 5, timedelta(minutes=5))
    return partial(scene.instance().tokens.hold, scene.account(), wanted, _there)


def settle(scene: Scene) -> Act:
    account_id, hold_id = _held(scene)
    return partial(scene.instance().tokens.settle, account_id, Settle(hold_id, 3))


def void(scene: Scene) -> Act:
    account_id, hold_id = _held(scene)
    return partial(scene.instance().tokens.void, account_id, Void(hold_id))


def refund(scene: Scene) -> Act:
    tokens, account_id = scene.instance().tokens, scene.account()
    entry = tokens.deduct(account_id, Deduct("op", 1), _there).entry
    return partial(scene.instance().tokens.refund, entry, "refund", "a reason")


def rows(scene: Scene) -> Act:
    wiring, account_id = scene.instance(), scene.account()
    for number in range(ROWS + 1):
        wiring.tokens.deduct(account_id, Deduct(str(number), 1), _there)
    return partial(wiring.history.rows, account_id, None, Span(), ROWS, None)


def usage(scene: Scene) -> Act:
    """Of ten days on which something was spent, and today."""
    account_id = scene.account()
    scene.now = scene.now.replace(day=1)
    for _ in range(10):
        _deduct(scene, account_id)()
        scene.later(days=1)
    _deduct(scene, account_id)()
    return partial(scene.instance().history.usage, account_id, "day", Span())


def _deduct(scene: Scene, account_id: str) -> Act:
    return partial(scene.instance().tokens.deduct, account_id, Deduct(uuid4().hex, 1), _there)


def _held(scene: Scene) -> tuple[str, str]:
    account_id, wanted = scene.account(), PlaceHold("hold", 5, timedelta(minutes=5))
    return account_id, scene.instance().tokens.hold(account_id, wanted, _there).entry.row_id


def _there(account_id: str) -> Account:
    raise AssertionError(f"{account_id} is there")
