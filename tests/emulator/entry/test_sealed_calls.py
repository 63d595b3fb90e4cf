"""Sealed values that somebody has tampered with in the store: a conflict, whatever was done."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from shared.streams import documents
from shared.streams.models import Stream
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import WithKey
from tests.unit.entry.calls import code

ECOSYSTEM = "/api/v1/ecosystem"


def another_key(text: str) -> str:
    form, _, *rest = text.split(".")
    return ".".join((form, f"{'0' * 40}-1", *rest))


def another_version(text: str) -> str:
    return text.replace("-1.", "-2.", 1)


def older_form(text: str) -> str:
    return "enc0" + text[4:]


def flipped(text: str) -> str:
    return text[:-5] + chr(ord(text[-5]) ^ 1) + text[-4:]


def truncated(text: str) -> str:
    return text[:-7]


def no_parts(text: str) -> str:
    return text.replace(".", "")


HARM = [another_key, another_version, older_form, flipped, truncated, no_parts, lambda _: ""]


@pytest.mark.parametrize("harm", HARM)
def test_a_tampered_value_is_a_conflict_and_says_nothing_of_it(
    wiring: Wiring, with_key: WithKey, tenant: str, harm: Callable[[str], str]
) -> None:
    client, stream = with_key("ecosystem", tenant), Stream(tenant, unique("order"))
    path = f"{ECOSYSTEM}/streams/{stream.stream_id}"
    told = {"eventType": "x", "data": {"email": "ana@example.org"}, "personal": ["email"]}
    body = {"expectedVersion": 0, "events": [{**told, "schemaVersion": 1}]}
    assert client.post(f"{path}/events", body).status_code == 201
    stored = wiring.hub.document(documents.event_path(stream, 1))
    data: dict[str, Any] = orjson.loads((stored.get().to_dict() or {})["data"])
    harmed = data | {"email": harm(data["email"])}
    stored.update({"data": orjson.dumps(harmed).decode()})
    for read in ("events", "state"):
        answer = client.get(f"{path}/{read}")
        assert code(answer) == (409, "conflict")
        assert data["email"][:12] not in answer.get_data(as_text=True)
    stored.update({"data": orjson.dumps(data).decode()})
    assert client.get(f"{path}/state").get_json()["state"] == {"email": "ana@example.org"}


def test_a_tampered_key_of_a_tenant_is_a_conflict(
    wiring: Wiring, with_key: WithKey, tenant: str
) -> None:
    path = f"{ECOSYSTEM}/streams/{unique('order')}"
    told = {"eventType": "x", "data": {"n": 1}, "personal": ["n"], "schemaVersion": 1}
    keys = Wiring(wiring.settings).tenant_keys
    keys.newest(tenant)
    stored = wiring.hub.document(f"tenant_keys/{tenant}")
    (version,) = (stored.get().to_dict() or {})["versions"]
    stored.update({"versions": [version | {"wrapped": version["wrapped"][:-1] + b"!"}]})
    body = {"expectedVersion": 0, "events": [told]}
    client = with_key("ecosystem", tenant)
    assert code(client.post(f"{path}/events", body)) == (409, "conflict")
