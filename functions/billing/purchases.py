"""What a buyer calls: buy a package, see what became of it."""

from functions.billing.area import area
from functions.billing.schemas import PurchaseAnswer, PurchaseRequest, PurchaseView
from shared.billing.purchases import Order, Purchase
from shared.entry.http import Call, Reply, replayed
from shared.entry.wire import Nothing
from shared.tokens.access import account_of, opening
from shared.wiring import Wiring

BUY, READ = "billing:purchase:write", "billing:account:read"


@area.route("POST", "/purchases", PurchaseRequest, PurchaseAnswer, status=201, keyed=True)
def buy(call: Call[PurchaseRequest], wiring: Wiring) -> Reply:
    key, wanted = call.idempotency_key, call.input
    account_id = account_of(wiring.auth, call.caller, wanted.account, BUY)
    opens = opening(wiring.auth, wiring.tokens, call.caller)
    organization = wiring.tokens.balance(account_id, opens).organization_id
    order = Order(account_id, call.caller.user_id, organization, wanted.package_id, key)
    begun = wiring.shop.purchasing.begin(order)
    return replayed(_answer(begun.purchase), begun.replay)


@area.route("GET", "/purchases/<purchase_id>", Nothing, PurchaseView)
def show(call: Call[Nothing], wiring: Wiring) -> PurchaseView:
    found = wiring.shop.purchasing.get(call.path["purchase_id"])
    account_of(wiring.auth, call.caller, found.account_id, READ)
    return PurchaseView(
        purchase_id=found.purchase_id,
        account_id=found.account_id,
        package_id=found.package_id,
        amount=found.amount,
        price=found.price,
        currency=found.currency,
        status=found.status,
        is_processed=found.processed,
        purchase_date=found.at,
        checkout_url=found.checkout_url,
    )


def _answer(purchase: Purchase) -> PurchaseAnswer:
    return PurchaseAnswer(
        purchase_id=purchase.purchase_id,
        checkout_url=purchase.checkout_url or "",
        amount=purchase.amount,
        price=purchase.price or 0,
        currency=purchase.currency or "",
    )
