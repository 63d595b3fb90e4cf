"""What is sent verifies with the public libraries of two languages, and nothing else does."""

import json
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from scripts.suite.install import node, receivers
from shared.kernel.clock import utc_now
from shared.webhooks.rules import GRACE
from tests.emulator.webhooks.conftest import World
from tests.sink import Received, Sink

FLIPS = 60
VERIFY = Path(__file__).with_name("verify.cjs")
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Claim(NamedTuple):
    """What a receiver has before it, and the secret that it knows."""

    secret: str
    body: str
    headers: dict[str, str]


Verify = Callable[[list[Claim]], list[bool]]


def in_python(claims: list[Claim]) -> list[bool]:
    return [_taken(claim) for claim in claims]


def _taken(claim: Claim) -> bool:
    try:
        Webhook(claim.secret).verify(claim.body, claim.headers)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def in_javascript(claims: list[Claim]) -> list[bool]:
    runtime = node.find_or_install()
    environment = os.environ | {"NODE_PATH": str(receivers.install(runtime))}
    lines = "\n".join(json.dumps(claim._asdict()) for claim in claims)
    said = subprocess.run(
        [runtime.node, VERIFY],
        input=lines,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line == "true" for line in said.stdout.split()]


def claim(secret: str, received: Received) -> Claim:
    headers = {name: received.headers[name] for name in SIGNED}
    return Claim(secret, received.body.decode(), headers)


def flipped(genuine: Claim) -> Iterator[Claim]:
    """A bit changed in the body, in an id, in a time or in a signature."""
    random_ = random.Random(7)
    for _ in range(FLIPS):
        yield genuine._replace(body=_flip(genuine.body, random_))
    for name in SIGNED[:2]:
        for _ in range(FLIPS // 4):
            changed = genuine.headers | {name: _flip(genuine.headers[name], random_)}
            yield genuine._replace(headers=changed)
    version, _, signature = genuine.headers[SIGNED[2]].partition(",")
    for at in range(len(signature) - 2):  # the last digit has bits that base64 leaves out
        other = "A" if signature[at] != "A" else "B"
        wrong = f"{version},{signature[:at]}{other}{signature[at + 1 :]}"
        yield genuine._replace(headers=genuine.headers | {SIGNED[2]: wrong})


def _flip(text: str, random_: random.Random) -> str:
    at = random_.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]


@pytest.fixture(params=[in_python, in_javascript])
def verify(request: pytest.FixtureRequest) -> Verify:
    found: Verify = request.param
    return found


def test_what_is_sent_verifies_and_with_any_bit_flipped_does_not(
    world: World, sink: Sink, verify: Verify
) -> None:
    endpoint = world.register(sink.url)
    world.happen(payload={"text": "Ångström \u2028 😀 </script>", "n": 1e-7, "list": [{}]})
    genuine = claim(endpoint.secrets[0].text, sink.received[0])
    assert verify([genuine]) == [True]
    assert not any(verify(list(flipped(genuine))))


def test_the_old_secret_verifies_for_the_grace_and_no_longer(
    world: World, sink: Sink, verify: Verify
) -> None:
    endpoint = world.register(sink.url)
    # The libraries know no clock but the machine's, so the rotation is what lies in the past.
    world.clock.moment = utc_now() - GRACE + timedelta(minutes=1)
    rotated = world.wiring.webhooks.rotate(endpoint.webhook_id)
    old, new = endpoint.secrets[0].text, rotated.secrets[0].text
    world.clock.moment = utc_now()
    world.happen()
    assert verify([claim(s, sink.received[0]) for s in (old, new)]) == [True, True]
    world.clock.moment = utc_now() + timedelta(minutes=2)
    world.happen()
    assert verify([claim(s, sink.received[1]) for s in (old, new)]) == [False, True]


def test_another_endpoints_secret_does_not_verify(world: World, sink: Sink, verify: Verify) -> None:
    world.register(sink.url, event_types=("case_changed",))
    other = world.register(sink.url, event_types=("nothing",))
    world.happen()
    assert verify([claim(other.secrets[0].text, sink.received[0])]) == [False]
