"""What Stripe calls, and what an administrator does about what it said."""

from functions.billing.area import area
from functions.billing.schemas import Received
from shared.entry.http import Call, Letter
from shared.entry.wire import Nothing
from shared.wiring import Wiring

ADMIN = "billing:account:write"


@area.webhook("/webhooks/stripe", Received)
def stripe(letter: Letter, wiring: Wiring) -> Received:
    signature = letter.headers.get("Stripe-Signature", "")
    return Received(outcome=wiring.shop.settlement.receive(letter.body, signature))


@area.route("POST", "/webhooks/parked/<name>/replay", Nothing, Received)
def replay(call: Call[Nothing], wiring: Wiring) -> Received:
    wiring.auth.require_platform(call.caller, ADMIN)
    return Received(outcome=wiring.shop.settlement.replay(call.path["name"]))
