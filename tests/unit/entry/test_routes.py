"""Which request reaches which call, and that no other spelling does."""

import pytest
from flask.testing import FlaskClient

from tests.unit.entry.calls import KEY, code, raw


@pytest.mark.parametrize("path", ["/things/a", "/api/v1/demo/things/a", "/things/a/"])
def test_a_route_is_found_behind_the_gateway_and_directly(demo: FlaskClient, path: str) -> None:
    assert raw(demo, path).get_json() == {"what": "a"}


LOST = [
    "/",
    "/nothing",
    "/api/v1/demo",
    "/api/v1/demo/",
    "/api/v1/demothings",
    "/api/v1/demoX/things",
    "/api/v1/demo//things",
    "/api/v1/demo/api/v1/demo/things",
    "/api/v1/other/things",
    "/api/v1/things",
    "/API/V1/DEMO/things",
    "/things//a",
    "/things/a/b",
    "/things/../things/a",
    "/./things",
    "/things\0",
    "/things/a\n",
    "/caf\u00c3\u00a9",
    "/\xff\xfe",
    "*",
]


@pytest.mark.parametrize("path", LOST)
def test_any_other_path_leads_nowhere(demo: FlaskClient, path: str) -> None:
    assert code(raw(demo, path)) == (404, "not-found")


@pytest.mark.parametrize("thing_id", [".", "..", "__x__", "a b", "a\0", "\u00c3\u00a9", "x" * 257])
def test_an_unsafe_id_is_an_invalid_request(demo: FlaskClient, thing_id: str) -> None:
    assert code(raw(demo, f"/things/{thing_id}")) == (400, "invalid-request")


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO", "PROPFIND"]
)
def test_any_other_method_is_refused_and_told_the_allowed_ones(
    demo: FlaskClient, method: str
) -> None:
    answer = raw(demo, "/things", method)
    assert code(answer) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]
)
def test_a_method_is_not_overridden(demo: FlaskClient, header: str) -> None:
    answer = demo.get("/things/a", headers={**KEY, header: "DELETE"})
    assert (answer.status_code, answer.get_json()) == (200, {"what": "a"})


def test_a_head_has_the_status_and_no_body(demo: FlaskClient) -> None:
    answer = demo.head("/things/a", headers=KEY)
    assert (answer.status_code, answer.get_data()) == (200, b"")


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico"])
def test_what_the_framework_refuses_is_a_problem_too(demo: FlaskClient, path: str) -> None:
    assert code(raw(demo, path)) == (404, "not-found")
