"""The stand-in of Stripe over HTTP: what buyers, banks and the backbone meet."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
import requests

from scripts.suite.standin.stripe import Standin, serving
from scripts.suite.standin.webhooks import Messenger
from shared.billing.vendors.stripe import StripePayments
from shared.kernel.payments import StripeSettings
from tests.emulator.counters import SECRET

KEY = {"Authorization": "Bearer sk_test_x"}
SESSION = {
    "mode": "payment",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "990",
    "metadata[purchaseId]": "p",
    "payment_intent_data[metadata][purchaseId]": "p",
    "success_url": "https://shop.example/",
}


class Place(NamedTuple):
    """Where a stand-in is, and who it has told what."""

    url: str
    told: list[tuple[bytes, str]]
    heard: threading.Semaphore

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(self.url + path, json=body, headers=KEY, timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def session(self, **headers: str) -> dict[str, Any]:
        answer = requests.post(
            f"{self.url}/v1/checkout/sessions", data=SESSION, headers=KEY | headers, timeout=10
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def events(self, count: int) -> list[str]:
        """The kinds of as many webhooks as are waited for, each with a good signature."""
        for _ in range(count):
            assert self.heard.acquire(timeout=20)
        payments = StripePayments(StripeSettings("sk_test_x", SECRET))
        found = [payments.notice(body, signature).type for body, signature in self.told]
        self.told.clear()
        return sorted(found)


@pytest.fixture
def place(serve: Callable[[ThreadingHTTPServer], str]) -> Place:
    """A stand-in whose every first webhook is not taken."""
    told: list[tuple[bytes, str]] = []
    heard, seen = threading.Semaphore(0), set()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200 if body in seen else 500)
            self.end_headers()
            if body in seen:
                told.append((body, self.headers["Stripe-Signature"]))
                heard.release()
            seen.add(body)

        def log_message(self, *_: Any) -> None:
            pass

    address = serve(ThreadingHTTPServer(("127.0.0.1", 0), Listener))
    standin = Standin("http://127.0.0.1", Messenger(address, SECRET))
    return Place(serve(serving(standin, 0)), told, heard)


@pytest.fixture
def serve() -> Iterator[Callable[[ThreadingHTTPServer], str]]:
    servers: list[ThreadingHTTPServer] = []

    def start(server: ThreadingHTTPServer) -> str:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_checkout_is_paid_on_its_page_and_told_until_it_is_taken(place: Place) -> None:
    path = f"/pay/{place.session()['id']}"
    page = requests.get(place.url + path, timeout=10)
    assert (page.headers["Content-Type"], "9.9 EUR" in page.text) == ("text/html", True)
    paid = requests.post(place.url + path, data={}, timeout=10).json()
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 990)
    assert place.events(2) == ["checkout.session.completed", "payment_intent.succeeded"]


def test_money_may_arrive_later(place: Place) -> None:
    paid = place.post(f"/pay/{place.session()['id']}", delayed=True)
    assert paid["status"] == "processing"
    assert place.events(1) == ["checkout.session.completed"]
    place.post(f"/standin/payments/{paid['id']}/arrive")
    told = ["checkout.session.async_payment_succeeded", "payment_intent.succeeded"]
    assert place.events(2) == told


def test_refunds_and_disputes_come_and_turn(place: Place) -> None:
    payment = place.post(f"/pay/{place.session()['id']}")["id"]
    place.events(2)
    refund = place.post("/v1/refunds", payment_intent=payment, amount=90, status="pending")
    place.post(f"/standin/refunds/{refund['id']}", status="failed")
    dispute = place.post("/standin/disputes", payment=payment)
    place.post(f"/standin/disputes/{dispute['id']}/close", status="lost")
    told = ["charge.dispute.closed", "charge.dispute.created", "charge.refunded"]
    assert place.events(5) == [*told, "refund.created", "refund.failed"]


def test_an_event_is_sent_again_on_demand(place: Place) -> None:
    place.post(f"/pay/{place.session()['id']}")
    place.events(2)
    listed = requests.get(f"{place.url}/standin/events", timeout=10).json()["events"]
    assert place.post(f"/standin/events/{listed[0]['id']}/send") == {"status": 200}
    assert place.events(1) == [listed[0]["type"]]


def test_the_same_key_is_the_same_session(place: Place) -> None:
    once = {"Idempotency-Key": "k"}
    assert place.session(**once) == place.session(**once)
    assert place.session() != place.session()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/v1/payment_intents/pi_x", {}, 401),
        ("GET", "/v1/payment_intents/pi_x", {"Authorization": "Bearer sk_live_x"}, 401),
        ("GET", "/v1/payment_intents/pi_x", KEY, 404),
        ("GET", "/v1/nothing", KEY, 404),
        ("POST", "/pay/cs_x", {}, 404),
    ],
)
def test_what_is_not_there_is_refused(
    place: Place, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = requests.request(method, place.url + path, headers=headers, timeout=10)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"
