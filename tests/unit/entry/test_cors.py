"""What every answer says to browsers, and whose pages may read it."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from scripts.suite.paths import ROOT
from shared.entry.headers import ALWAYS, UNLESS_SET
from shared.kernel.settings import read_settings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import LIVE
from tests.unit.entry.area import ORIGIN
from tests.unit.entry.calls import KEY, raw

STRANGERS = ["https://evil.example", "null", "", "http://app.example", f"{ORIGIN}.evil.example"]
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
PATHS = ["/things", "/nothing", "/broken", "/problems/Conflict", "/api/v1/demo/things/a"]


def cors(headers: Headers) -> list[str]:
    return [name for name, _ in headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", [*PATHS, "/robots.txt", "/" + "a" * 16_000])
def test_every_answer_is_kept_from_caches_sniffing_and_frames(demo: FlaskClient, path: str) -> None:
    headers = demo.get(path, headers=KEY).headers
    expected = {**ALWAYS, **UNLESS_SET, "Vary": "Origin"}
    assert {name: headers[name] for name in expected} == expected


def test_hosting_says_the_same_of_what_it_answers_itself() -> None:
    (rule,) = json.loads((ROOT / "firebase.json").read_text())["hosting"]["headers"]
    said = {header["key"]: header["value"] for header in rule["headers"]}
    assert said == {**ALWAYS, **UNLESS_SET}
    assert rule["source"] == "!/@(api|.well-known)/**"  # or it would overrule what functions say


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("credential", [KEY, {}])
def test_a_known_page_may_read_every_answer(
    demo: FlaskClient, path: str, credential: dict[str, str]
) -> None:
    headers = demo.get(path, headers={**credential, "Origin": ORIGIN}).headers
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("origin", STRANGERS)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_page_of_elsewhere_may_read_none(demo: FlaskClient, origin: str, method: str) -> None:
    answer = demo.open("/things", method=method, headers={**KEY, **ASKED, "Origin": origin})
    assert answer.status_code in (200, 204)
    assert cors(answer.headers) == []
    assert answer.headers["Vary"] == "Origin"


def test_a_page_may_ask_without_credentials_what_it_may_send(demo: FlaskClient) -> None:
    answer = demo.options("/api/v1/demo/things", headers={**ASKED, "Origin": ORIGIN})
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST"
    sendable = answer.headers["Access-Control-Allow-Headers"].lower()
    assert {"authorization", "x-api-key", "idempotency-key"} <= set(sendable.split(", "))


def test_where_nothing_is_nothing_may_be_sent(demo: FlaskClient) -> None:
    answer = demo.options("/nothing", headers={**ASKED, "Origin": ORIGIN})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not-found")


def test_two_origins_are_none(demo: FlaskClient) -> None:
    assert cors(raw(demo, "/things", HTTP_ORIGIN=f"{ORIGIN}, {ORIGIN}").headers) == []


@pytest.mark.parametrize(
    "text",
    ["*", "app.example", "http://app.example", "https://app.example/", "https://*.example", "null"],
)
def test_what_is_no_origin_stops_the_start(text: str) -> None:
    with pytest.raises(UnsafeSettings):
        read_settings({**LIVE, "HYPHAE_ORIGINS": text})
