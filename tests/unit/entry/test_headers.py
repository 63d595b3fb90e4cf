"""Credentials, request ids, tenants and idempotency keys, as headers bring them."""

import json
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.unit.entry.calls import KEY, Logged, code, raw

UUID = "3f2f6f2e-0d5b-4a86-9a6e-5d5a3c1d7b11"
NO_KEY = {"HTTP_X_API_KEY": None}
SAFE = ["abc", "a" * 128, "0af7651916cd43dd8448eb211c80319c", "req:1.2_3-4", UUID]
UNSAFE = ["", "a b", "a,b", "a" * 129, "\xe9", "<script>", 'x"}', "a\r\nb", "../a", "\x1b[31m"]


@pytest.mark.parametrize(
    ("environ", "expected", "reason"),
    [
        (NO_KEY, (401, "missing-credentials"), "none"),
        (NO_KEY | {"HTTP_AUTHORIZATION": ""}, (401, "missing-credentials"), "empty"),
        ({"HTTP_X_API_KEY": ""}, (401, "missing-credentials"), "none"),
        (NO_KEY | {"HTTP_COOKIE": "session=good"}, (401, "missing-credentials"), "none"),
        ({"HTTP_X_API_KEY": "bad"}, (401, "invalid-credentials"), "key_secret"),
        ({"HTTP_X_API_KEY": "good, good"}, (400, "invalid-request"), "multiple_credentials"),
        ({"HTTP_AUTHORIZATION": "Bearer x"}, (400, "invalid-request"), "multiple_credentials"),
        ({"QUERY_STRING": "access_token=x"}, (400, "invalid-request"), "credential_in_url"),
        ({"QUERY_STRING": "API_KEY=x"}, (400, "invalid-request"), "credential_in_url"),
        ({"QUERY_STRING": "X-Api-Key=x"}, (400, "invalid-request"), "credential_in_url"),
        ({"QUERY_STRING": "token="}, (400, "invalid-request"), "credential_in_url"),
    ],
)
def test_one_credential_in_one_header_or_none(
    demo: FlaskClient,
    logged: Logged,
    environ: dict[str, Any],
    expected: tuple[int, str],
    reason: str,
) -> None:
    assert code(raw(demo, "/things", **environ)) == expected
    assert logged()[0]["reason"] == reason


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer x", (401, "token-expired")),
        ("bearer x", (401, "token-expired")),
        ("BEARER x", (401, "token-expired")),
        ("Bearer", (401, "invalid-credentials")),
        ("Bearer  ", (401, "invalid-credentials")),
        ("Basic Z29vZDo=", (401, "invalid-credentials")),
        ("good", (401, "invalid-credentials")),
        ("Bearer a, Bearer b", (400, "invalid-request")),
    ],
)
def test_a_bearer_is_one_token(demo: FlaskClient, header: str, expected: tuple[int, str]) -> None:
    answer = raw(demo, "/things", HTTP_X_API_KEY=None, HTTP_AUTHORIZATION=header)
    assert code(answer) == expected


def test_a_missing_credential_is_asked_for_a_wrong_one_is_named(demo: FlaskClient) -> None:
    challenge = demo.get("/things").headers["WWW-Authenticate"]
    assert challenge == "Bearer"
    refused = demo.get("/things", headers={"X-API-Key": "bad"}).headers["WWW-Authenticate"]
    assert refused == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("request_id", SAFE)
def test_a_request_id_is_repeated(demo: FlaskClient, logged: Logged, request_id: str) -> None:
    answer = demo.get("/things", headers={**KEY, "X-Request-Id": request_id})
    assert answer.headers["X-Request-Id"] == request_id
    assert logged()[0]["requestId"] == request_id


@pytest.mark.parametrize("request_id", UNSAFE)
def test_an_unsafe_request_id_is_replaced(
    demo: FlaskClient, logged: Logged, request_id: str
) -> None:
    answer = raw(demo, "/nothing", HTTP_X_REQUEST_ID=request_id)
    made = answer.headers["X-Request-Id"]
    assert uuid.UUID(made).version == 4
    assert json.loads(answer.get_data())["instance"] == f"urn:uuid:{made}"
    assert logged()[0]["requestId"] == made


@pytest.mark.parametrize("key", ["k", "a b", "!" * 128, "a,b", UUID])
def test_an_idempotency_key_is_printable_ascii(demo: FlaskClient, key: str) -> None:
    answer = raw(demo, "/once", "POST", HTTP_IDEMPOTENCY_KEY=key)
    assert answer.get_json() == {"what": key}
    assert "Idempotent-Replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", " ", "k" * 129, "\xe9", "a\tb", "a\0", "a\n", " a", "a "])
def test_any_other_idempotency_key_is_refused(demo: FlaskClient, key: str) -> None:
    answer = raw(demo, "/once", "POST", HTTP_IDEMPOTENCY_KEY=key)
    assert code(answer) == (400, "invalid-request")


def test_a_call_that_needs_an_idempotency_key_is_refused_without(demo: FlaskClient) -> None:
    assert code(demo.post("/once", headers=KEY)) == (400, "invalid-request")


def test_a_replay_says_so(demo: FlaskClient) -> None:
    answer = demo.post("/once", headers={**KEY, "Idempotency-Key": "again"})
    assert answer.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(("header", "tenant"), [("refugio", "refugio"), ("", "None")])
def test_a_tenant_may_be_named(demo: FlaskClient, header: str, tenant: str) -> None:
    assert raw(demo, "/tenant", HTTP_X_TENANT_ID=header).get_json() == {"what": tenant}


@pytest.mark.parametrize("header", ["a/b", "..", "__x__", "a b", "a, b", "\xe9", "a\0", "x" * 129])
def test_a_tenant_that_is_no_id_is_refused(demo: FlaskClient, header: str) -> None:
    assert code(raw(demo, "/tenant", HTTP_X_TENANT_ID=header)) == (400, "invalid-request")


def test_a_request_is_one_line_with_its_facts(demo: FlaskClient, logged: Logged) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    demo.get("/things?name=secret", headers={**KEY, "X-Request-Id": "r1", "traceparent": trace})
    (line,) = logged()
    facts = {name: line[name] for name in ("severity", "area", "method", "path", "status")}
    expected = {"severity": "INFO", "area": "demo", "method": "GET", "path": "/things"}
    assert facts == expected | {"status": 200}
    assert (line["requestId"], line["traceparent"], line["reason"]) == ("r1", trace, "")
    assert line["ms"] >= 0


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_X_API_KEY": "hy_sk_hunter2"},
        {"HTTP_AUTHORIZATION": "Bearer hunter2.hunter2.hunter2"},
        {"HTTP_AUTHORIZATION": "Basic hunter2"},
        {"HTTP_AUTHORIZATION": "Bearer hunter2, Bearer hunter2"},
        {"QUERY_STRING": "access_token=hunter2"},
        {"HTTP_COOKIE": "session=hunter2"},
        {"HTTP_USER_AGENT": 'hunter2\r\n}{"severity":"ERROR"}'},
    ],
)
def test_no_line_holds_a_credential(
    demo: FlaskClient, capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> None:
    answer = raw(demo, "/things", **environ)
    written = capsys.readouterr()
    assert not re.search("hunter2", written.out + written.err + answer.get_data(as_text=True))
    assert len(written.out.splitlines()) == 1


def test_a_path_cannot_forge_a_line(demo: FlaskClient, logged: Logged) -> None:
    raw(demo, '/a\r\n{"severity":"CRITICAL"}\x1b[2J')
    (line,) = logged()
    assert line["severity"] == "INFO"
