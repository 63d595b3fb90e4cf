"""A stand-in of Stripe on this machine: the API calls that the backbone makes, a page to pay on,
webhooks with real signatures, and calls that make things happen which customers and banks do.
"""

import json
import os
import re
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

from scripts.suite.environment import STRIPE_PORT, STRIPE_URL
from scripts.suite.standin.till import Refused, Thing, Till
from scripts.suite.standin.webhooks import Messenger

PAGE = """<!doctype html><title>Checkout</title><h1>{amount} {currency}</h1><p>{status}</p>
<form method="post"><button>Pay</button></form>"""


class Asked(NamedTuple):
    names: tuple[str, ...]
    query: dict[str, str]
    body: Thing
    key: str | None


class Standin:
    """Answers for Stripe. What happens is told by `messenger`."""

    def __init__(self, url: str, messenger: Messenger) -> None:
        self.till = Till(f"{url}/pay")
        self.messenger = messenger

    def answer(self, method: str, path: str, asked: Asked) -> Any:
        for wanted, pattern, act in _ROUTES:
            if wanted == method and (found := re.fullmatch(pattern, path)):
                told = len(self.till.events)
                answer = act(self, asked._replace(names=found.groups()))
                self.messenger.deliver(self.till.events[told:])
                return answer
        raise Refused(404, "invalid_request_error", f"Unrecognized request: {method} {path}")

    def create_session(self, asked: Asked) -> Thing:
        return self.till.once(asked.key, asked.body, self.till.open_session)

    def find(self, asked: Asked) -> Thing:
        return self.till.find(asked.names[0])

    def list_of(self, asked: Asked, kind: str) -> Thing:
        found = self.till.of_payment(kind, asked.query["payment_intent"])
        return {"object": "list", "data": found, "has_more": False, "url": f"/v1/{kind}s"}

    def refund(self, asked: Asked) -> Thing:
        def make(body: Thing) -> Thing:
            amount, status = int(body.get("amount", 0)), body.get("status", "succeeded")
            return self.till.refund(body["payment_intent"], amount, status)

        return self.till.once(asked.key, asked.body, make)

    def page(self, asked: Asked) -> str:
        session = self.till.find(asked.names[0])
        amount, currency = session["amount_total"] / 100, session["currency"].upper()
        return PAGE.format(amount=amount, currency=currency, status=session["payment_status"])

    def pay(self, asked: Asked) -> Thing:
        delayed = asked.body.get("delayed") in (True, "true")
        other = {name: asked.body[name] for name in ("amount", "currency") if name in asked.body}
        return self.till.pay(asked.names[0], delayed, **other)

    def arrive(self, asked: Asked) -> Thing:
        return self.till.arrive(asked.names[0])

    def turn_refund(self, asked: Asked) -> Thing:
        return self.till.turn_refund(asked.names[0], asked.body["status"])

    def dispute(self, asked: Asked) -> Thing:
        return self.till.dispute(**asked.body)

    def close_dispute(self, asked: Asked) -> Thing:
        return self.till.close_dispute(asked.names[0], asked.body["status"])

    def events(self, _: Asked) -> Thing:
        return {"events": self.till.events}

    def send(self, asked: Asked) -> Thing:
        wanted = (event for event in self.till.events if event["id"] == asked.names[0])
        return {"status": self.messenger.send(next(wanted))}


def _list(kind: str) -> Callable[[Standin, Asked], Any]:
    return lambda standin, asked: standin.list_of(asked, kind)


_ROUTES: list[tuple[str, str, Callable[[Standin, Asked], Any]]] = [
    ("POST", r"/v1/checkout/sessions", Standin.create_session),
    ("GET", r"/v1/checkout/sessions/(\w+)", Standin.find),
    ("GET", r"/v1/payment_intents/(\w+)", Standin.find),
    ("GET", r"/v1/refunds", _list("refund")),
    ("POST", r"/v1/refunds", Standin.refund),
    ("GET", r"/v1/disputes", _list("dispute")),
    ("GET", r"/pay/(\w+)", Standin.page),
    ("POST", r"/pay/(\w+)", Standin.pay),
    ("POST", r"/standin/payments/(\w+)/arrive", Standin.arrive),
    ("POST", r"/standin/refunds/(\w+)", Standin.turn_refund),
    ("POST", r"/standin/disputes", Standin.dispute),
    ("POST", r"/standin/disputes/(\w+)/close", Standin.close_dispute),
    ("GET", r"/standin/events", Standin.events),
    ("POST", r"/standin/events/(\w+)/send", Standin.send),
]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, standin: Standin, *arguments: Any) -> None:
        self._standin = standin
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve(self._body())

    def log_message(self, *_: Any) -> None:
        """The messenger's lines are enough."""

    def _serve(self, body: Thing) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            self._require_key(url.path)
            asked = Asked((), query, body, self.headers.get("Idempotency-Key"))
            self._answer(200, self._standin.answer(self.command, url.path, asked))
        except Refused as refused:
            self._answer(refused.status, refused.body)

    def _require_key(self, path: str) -> None:
        bearer = self.headers.get("Authorization", "")
        if path.startswith("/v1/") and not bearer.startswith("Bearer sk_test_"):
            raise Refused(401, "invalid_request_error", "Invalid API key")

    def _body(self) -> Thing:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if "json" in self.headers.get("Content-Type", ""):
            parsed: Thing = json.loads(raw or "{}")
            return parsed
        return _nested(raw)

    def _answer(self, status: int, answer: Any) -> None:
        page = isinstance(answer, str)
        content = answer.encode() if page else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if page else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _nested(form: str) -> Thing:
    """`a[0][b]=c` as {"a": {"0": {"b": "c"}}}."""
    found: Thing = {}
    for name, value in parse_qsl(form):
        *path, last = re.findall(r"[^\[\]]+", name)
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def serving(standin: Standin, port: int) -> ThreadingHTTPServer:
    """A server on loopback that answers once it is told to serve."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, standin))


def main() -> None:
    url, secret = os.environ["HYPHAE_STANDIN_WEBHOOK"], os.environ["STRIPE_WEBHOOK_SECRET"]
    standin = Standin(STRIPE_URL, Messenger(url, secret))
    serving(standin, STRIPE_PORT).serve_forever()


if __name__ == "__main__":
    main()
