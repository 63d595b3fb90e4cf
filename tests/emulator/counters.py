"""A stand-in of Stripe in this process, which tells nobody by itself."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from scripts.suite.standin.stripe import Standin, serving
from scripts.suite.standin.till import Till
from scripts.suite.standin.webhooks import Messenger, signed
from shared.kernel.payments import StripeSettings

SECRET = "whsec_of_these_tests"


class Counter(NamedTuple):
    """A stand-in's till, and how to reach it."""

    till: Till
    settings: StripeSettings


@contextmanager
def open_counter() -> Iterator[Counter]:
    made = Standin("http://127.0.0.1", Messenger("", SECRET))
    server = serving(made, 0)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    yield Counter(made.till, StripeSettings("sk_test_x", SECRET, url, "https://shop.example/"))
    server.shutdown()
    server.server_close()


def letter(event: dict[str, Any]) -> tuple[bytes, str]:
    """An event as Stripe sends it: the body and its signature."""
    body = json.dumps(event).encode()
    return body, signed(body, SECRET)


def about(till: Till, payment: str) -> list[dict[str, Any]]:
    """Every event about a payment so far."""
    names = ("id", "payment_intent")
    return [
        event
        for event in till.events
        if payment in [event["data"]["object"].get(name) for name in names]
    ]
