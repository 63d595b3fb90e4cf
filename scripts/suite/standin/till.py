"""What Stripe would keep: checkouts, payments, refunds, disputes, and the events they made."""

import copy
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

Thing = dict[str, Any]


class Refused(Exception):
    """What Stripe would answer an error to."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message}}


class Till:
    """Each method that changes something returns what it changed, and adds to `events`."""

    def __init__(self, pay_url: str) -> None:
        self.events: list[Thing] = []
        self._pay_url = pay_url
        self._things: dict[str, Thing] = {}
        self._answers: dict[str, tuple[Thing, Thing]] = {}
        self._lock = threading.RLock()

    def find(self, name: str) -> Thing:
        with self._lock:
            if name not in self._things:
                raise Refused(404, "invalid_request_error", f"No such object: '{name}'")
            return copy.deepcopy(self._things[name])

    def of_payment(self, kind: str, payment: str) -> list[Thing]:
        """Refunds or disputes, newest first."""
        with self._lock:
            things = [copy.deepcopy(thing) for thing in self._things.values()]
        mine = [
            one for one in things if (one["object"], one.get("payment_intent")) == (kind, payment)
        ]
        return mine[::-1]

    def once(self, key: str | None, params: Thing, make: Callable[[Thing], Thing]) -> Thing:
        """The first answer again for a key that was used."""
        with self._lock:
            known = self._answers.get(key or "")
            if known is None:
                known = self._answers[key or uuid.uuid4().hex] = (params, make(params))
            if known[0] != params:
                raise Refused(400, "idempotency_error", "Other parameters under the same key.")
            return copy.deepcopy(known[1])

    def open_session(self, params: Thing) -> Thing:
        name = _name("cs_test")
        price = params["line_items"]["0"]["price_data"]
        return self._keep(
            id=name,
            object="checkout.session",
            mode=params["mode"],
            url=f"{self._pay_url}/{name}",
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            amount_total=int(price["unit_amount"]),
            currency=price["currency"],
            client_reference_id=params.get("client_reference_id"),
            metadata=params.get("metadata", {}),
            payment_metadata=params.get("payment_intent_data", {}).get("metadata", {}),
            success_url=params["success_url"],
        )

    def pay(self, session: str, delayed: bool = False, **other: Any) -> Thing:
        """Pay a checkout: at once, or by something that arrives later; `other` as one might not."""
        with self._lock:
            opened = self.find(session)
            if opened["status"] != "open":
                raise Refused(400, "invalid_request_error", "The checkout is complete.")
            payment = self._payment(opened, other)
            self._change(session, status="complete", payment_intent=payment["id"])
            if not delayed:
                self._arrive(payment["id"], session)
            self._tell("checkout.session.completed", session)
            if not delayed:
                self._tell("payment_intent.succeeded", payment["id"])
            return self.find(payment["id"])

    def arrive(self, payment: str) -> Thing:
        """The money of a delayed payment."""
        with self._lock:
            session = self.find(payment)["session"]
            self._arrive(payment, session)
            self._tell("payment_intent.succeeded", payment)
            self._tell("checkout.session.async_payment_succeeded", session)
            return self.find(payment)

    def refund(self, payment: str, amount: int | None = None, status: str = "succeeded") -> Thing:
        with self._lock:
            paid = self.find(payment)
            made = self._reversal("refund", "re", paid, amount or paid["amount_received"], status)
            back = self.find(paid["latest_charge"])["amount_refunded"] + made["amount"]
            self._change(paid["latest_charge"], amount_refunded=back)
            self._tell("charge.refunded", paid["latest_charge"])
            self._tell("refund.created", made["id"])
            return made

    def turn_refund(self, refund: str, status: str) -> Thing:
        return self._turn(
            refund, status, "refund.failed" if status == "failed" else "refund.updated"
        )

    def dispute(
        self, payment: str, amount: int | None = None, status: str = "needs_response"
    ) -> Thing:
        with self._lock:
            paid = self.find(payment)
            made = self._reversal("dispute", "dp", paid, amount or paid["amount_received"], status)
            self._tell("charge.dispute.created", made["id"])
            return made

    def close_dispute(self, dispute: str, status: str) -> Thing:
        return self._turn(dispute, status, "charge.dispute.closed")

    def _payment(self, session: Thing, other: Thing) -> Thing:
        return self._keep(
            id=_name("pi"),
            object="payment_intent",
            session=session["id"],
            status="processing",
            amount=int(other.get("amount") or session["amount_total"]),
            amount_received=0,
            currency=other.get("currency") or session["currency"],
            metadata=session["payment_metadata"],
            latest_charge=None,
        )

    def _arrive(self, payment: str, session: str) -> None:
        paid = self.find(payment)
        charge = self._keep(
            id=_name("ch"),
            object="charge",
            payment_intent=payment,
            amount=paid["amount"],
            amount_refunded=0,
            currency=paid["currency"],
            paid=True,
        )
        received = {"amount_received": paid["amount"], "latest_charge": charge["id"]}
        self._change(payment, status="succeeded", **received)
        self._change(session, payment_status="paid")

    def _reversal(self, kind: str, prefix: str, paid: Thing, amount: int, status: str) -> Thing:
        if paid["status"] != "succeeded":
            raise Refused(400, "invalid_request_error", "The payment has not succeeded.")
        return self._keep(
            id=_name(prefix),
            object=kind,
            payment_intent=paid["id"],
            charge=paid["latest_charge"],
            amount=amount,
            currency=paid["currency"],
            status=status,
        )

    def _turn(self, name: str, status: str, event: str) -> Thing:
        with self._lock:
            self.find(name)
            self._change(name, status=status)
            self._tell(event, name)
            return self.find(name)

    def _keep(self, **thing: Any) -> Thing:
        with self._lock:
            self._things[thing["id"]] = {**thing, "created": int(time.time()), "livemode": False}
            return self.find(thing["id"])

    def _change(self, name: str, **members: Any) -> None:
        self._things[name].update(members)

    def _tell(self, kind: str, name: str) -> None:
        event = {
            "id": _name("evt"),
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": self.find(name)},
        }
        self.events.append(event)


def _name(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:24]}"
