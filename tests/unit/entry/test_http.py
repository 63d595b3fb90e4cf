"""A function as it is called: limits, bodies, and a problem for every failure."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.kernel.errors import Problem
from tests.unit.entry.calls import KEY, Logged, code, raw
from tests.unit.kernel.test_errors import CLASSES, made


def test_a_call_gets_its_answer(demo: FlaskClient) -> None:
    answer = demo.post("/api/v1/demo/things", json={"amount": 5}, headers=KEY)
    assert (answer.status_code, answer.content_type) == (201, "application/json")
    assert answer.get_json()["amount"] == 5
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_to_say_is_a_204(demo: FlaskClient) -> None:
    answer = demo.delete("/things/a", headers=KEY)
    assert (answer.status_code, answer.get_data()) == (204, b"")


def test_a_long_address_is_refused(demo: FlaskClient) -> None:
    assert code(raw(demo, "/" + "a" * 16_000)) == (414, "uri-too-long")
    assert code(demo.get("/things?name=" + "a" * 16_000)) == (414, "uri-too-long")


def test_many_headers_are_refused(demo: FlaskClient) -> None:
    many = {f"HTTP_X_{n}": "v" for n in range(200)}
    assert code(raw(demo, "/things", **many)) == (431, "headers-too-large")


def test_a_large_cookie_is_refused(demo: FlaskClient) -> None:
    answer = raw(demo, "/things", HTTP_COOKIE="a=" + "b" * 65_536)
    assert code(answer) == (431, "headers-too-large")


def test_a_large_body_is_refused_by_its_declared_length(demo: FlaskClient) -> None:
    body = BytesIO(b" " * 2**20)
    answer = raw(demo, "/things", "POST", CONTENT_LENGTH=str(2**20), **{"wsgi.input": body})
    assert code(answer) == (413, "payload-too-large")


def chunked(demo: FlaskClient, body: bytes, **environ: Any) -> TestResponse:
    given = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, **environ}
    return raw(demo, "/things", "POST", HTTP_TRANSFER_ENCODING="chunked", **given)


def test_a_large_body_is_refused_however_it_comes(demo: FlaskClient) -> None:
    answer = chunked(demo, b" " * 2**20, CONTENT_TYPE="application/json")
    assert code(answer) == (413, "payload-too-large")


def test_a_chunked_body_is_read(demo: FlaskClient) -> None:
    assert chunked(demo, b'{"amount": 1}', CONTENT_TYPE="application/json").status_code == 201


TYPES = [
    "",
    "text/plain",
    "text/json",
    "application/xml",
    "application/jsonx",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
]


@pytest.mark.parametrize("content_type", TYPES)
def test_a_body_of_another_type_is_refused(demo: FlaskClient, content_type: str) -> None:
    answer = demo.post("/things", data=b'{"amount": 1}', headers=KEY, content_type=content_type)
    assert code(answer) == (415, "unsupported-media-type")


@pytest.mark.parametrize("charset", ["", ";charset=utf-8", '; charset="UTF-8"', "; x=y"])
def test_json_in_utf_8_is_taken_however_it_is_said(demo: FlaskClient, charset: str) -> None:
    content_type = f"application/json{charset}"
    answer = demo.post("/things", data=b'{"amount": 1}', headers=KEY, content_type=content_type)
    assert answer.status_code == 201


def test_wrong_members_are_listed(demo: FlaskClient) -> None:
    answer = demo.post("/things", json={"amount": "5", "x/y": 1}, headers=KEY)
    assert code(answer) == (422, "validation-error")
    assert answer.get_json()["errors"] == [
        {"pointer": "/amount", "code": "int_type"},
        {"pointer": "/x~1y", "code": "extra_forbidden"},
    ]


def test_a_query_member_that_stands_twice_is_refused(demo: FlaskClient) -> None:
    assert code(demo.get("/things?name=a&name=b", headers=KEY)) == (400, "invalid-request")


def test_a_query_in_broken_bytes_breaks_nothing(demo: FlaskClient) -> None:
    assert demo.get("/things?name=%ff%00", headers=KEY).get_json() == {"what": "7 %FF\0"}


@pytest.mark.parametrize("problem", CLASSES)
def test_each_problem_is_a_document_with_its_status_and_headers(
    demo: FlaskClient, problem: type[Problem]
) -> None:
    answer = demo.get(f"/problems/{problem.__name__}", headers=KEY)
    assert code(answer) == (problem.status, problem.code)
    assert made(problem).headers.items() <= dict(answer.headers).items()


def test_what_the_framework_refuses_is_logged_too(demo: FlaskClient, logged: Logged) -> None:
    raw(demo, "/robots.txt")
    (line,) = logged()
    assert (line["area"], line["path"], line["status"]) == ("demo", "/robots.txt", 404)


def test_an_unexpected_failure_says_nothing_of_itself(demo: FlaskClient, logged: Logged) -> None:
    answer = demo.get("/broken", headers=KEY)
    assert code(answer) == (500, "internal-error")
    lines = logged()
    assert [line["message"] for line in lines] == ["unexpected failure", "request"]
    assert (lines[0]["severity"], lines[0]["exc"][0]) == ("ERROR", "ZeroDivisionError")
    assert not re.search("hunter2|password is|Traceback|area.py", answer.get_data(as_text=True))
    assert "hunter2" not in json.dumps(lines)


def test_the_host_is_not_repeated(demo: FlaskClient) -> None:
    answer = raw(demo, "/nothing", HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil" not in answer.get_data(as_text=True) + str(answer.headers)
