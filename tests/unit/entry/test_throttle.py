"""Who is limited, by what, and what the answer says of it."""

import re
import sys
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.auth.api_keys import make_key
from tests.unit.entry.calls import AREA, KEY, client_of, code, raw

POLICY = re.compile(r'"[a-z]+";q=[0-9]+;w=60(, "[a-z]+";q=[0-9]+;w=60)*')
LEFT = re.compile(r'"[a-z]+";r=[0-9]+;t=[0-9]+(, "[a-z]+";r=[0-9]+;t=[0-9]+)*')
LIMITED = (429, "quota-exceeded")


@pytest.fixture(scope="module")
def served() -> tuple[FlaskClient, ModuleType]:
    return client_of("narrow", AREA), sys.modules[AREA.stem]


@pytest.fixture
def narrow(served: tuple[FlaskClient, ModuleType]) -> FlaskClient:
    """A function that has counted nothing yet."""
    client, module = served
    module.narrow_parts.cache_clear()
    return client


def get(client: FlaskClient, key: str = "good", address: str = "198.51.100.7") -> TestResponse:
    return raw(client, "/tenant", HTTP_X_API_KEY=key, HTTP_X_FORWARDED_FOR=address)


def statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_a_key_has_its_limit_wherever_it_calls_from(narrow: FlaskClient) -> None:
    answers = [get(narrow, address=f"198.51.100.{number}") for number in range(4)]
    assert statuses(answers) == [200, 200, 200, 429]
    assert code(answers[-1]) == LIMITED
    assert answers[-1].get_json()["violatedPolicies"] == ["key"]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_what_a_key_is_denied_its_tenant_is_not_charged(narrow: FlaskClient) -> None:
    for _ in range(50):
        get(narrow)
    assert statuses([get(narrow, "good too") for _ in range(3)]) == [200, 200, 429]


def test_keys_of_a_tenant_share_its_limit(narrow: FlaskClient) -> None:
    answers = [get(narrow, key) for key in ["good"] * 3 + ["good too"] * 3]
    assert statuses(answers) == [200] * 5 + [429]
    assert answers[-1].get_json()["violatedPolicies"] == ["tenant"]


def test_an_answer_says_what_is_left(narrow: FlaskClient) -> None:
    first, second = get(narrow), get(narrow)
    assert first.headers["RateLimit-Policy"].startswith('"key";q=3;w=60, "read";q=60000;w=60')
    assert first.headers["RateLimit"].startswith('"key";r=2;t=60, "read";r=59999;t=60')
    assert second.headers["RateLimit"].startswith('"key";r=1;t=')
    assert POLICY.fullmatch(second.headers["RateLimit-Policy"])
    assert LEFT.fullmatch(second.headers["RateLimit"])


def test_a_refusal_for_the_body_counts_and_says_so_too(demo: FlaskClient) -> None:
    answer = demo.post("/things", json={"amount": -1}, headers=KEY)
    assert (answer.status_code, answer.headers["RateLimit"][:7]) == (422, '"key";r')


def test_whoever_is_not_recognised_learns_of_no_limit(demo: FlaskClient) -> None:
    assert "RateLimit" not in raw(demo, "/things", HTTP_X_API_KEY="bad").headers
    assert "RateLimit" not in demo.get("/nothing", headers=KEY).headers


def test_wrong_secrets_limit_their_address_and_never_the_owner(narrow: FlaskClient) -> None:
    wrong = [get(narrow, "bad", "203.0.113.9") for _ in range(5)]
    assert statuses(wrong) == [401, 401, 429, 429, 429]
    assert get(narrow, "good").status_code == 200


def test_an_address_that_failed_too_often_is_not_verified(narrow: FlaskClient) -> None:
    for _ in range(2):
        get(narrow, "bad")
    assert code(get(narrow, "good")) == LIMITED


def test_no_credentials_are_no_failure(narrow: FlaskClient) -> None:
    answers = [raw(narrow, "/tenant", HTTP_X_API_KEY=None) for _ in range(5)]
    assert statuses(answers) == [401] * 5


@pytest.mark.parametrize(
    "address",
    [
        "{}, 203.0.113.9",
        "10.0.0.{}, 203.0.113.9",
        "x, {}, 203.0.113.9",
        "203.0.113.9",
        "{},,203.0.113.9",
    ],
)
def test_only_the_hop_that_the_platform_appended_counts(narrow: FlaskClient, address: str) -> None:
    answers = [get(narrow, "bad", address.format(number)) for number in range(3)]
    assert statuses(answers) == [401, 401, 429]


@pytest.mark.parametrize("last", ["", "unknown", "999.1.1.1", "<script>"])
def test_a_hop_that_is_no_address_is_the_peer(narrow: FlaskClient, last: str) -> None:
    answers = [get(narrow, "bad", f"{number}, {last}") for number in range(3)]
    assert statuses(answers) == [401, 401, 429]


def test_an_ipv6_site_is_one_address(narrow: FlaskClient) -> None:
    answers = [get(narrow, "bad", f"2001:db8:1:2::{number}") for number in range(3)]
    assert statuses(answers) == [401, 401, 429]
    assert get(narrow, "bad", "2001:db8:1:3::1").status_code == 401


def test_an_ipv4_address_is_itself_as_ipv6_writes_it(narrow: FlaskClient) -> None:
    answers = [get(narrow, "bad", f"::ffff:203.0.113.{number}") for number in (1, 2, 3, 1)]
    assert statuses(answers) == [401] * 4
    assert get(narrow, "bad", "203.0.113.1").status_code == 429


def test_what_looks_like_a_key_in_an_address_is_a_guess(narrow: FlaskClient) -> None:
    query = {"QUERY_STRING": f"name={make_key('dev').text}"}
    peer = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    answers = [raw(narrow, "/tenant", **query, **peer) for _ in range(3)]
    assert statuses(answers) == [400, 400, 429]


def test_open_calls_are_limited_by_address(narrow: FlaskClient) -> None:
    answers = [raw(narrow, "/open", HTTP_X_FORWARDED_FOR="203.0.113.9") for _ in range(3)]
    assert statuses(answers) == [200, 200, 429]
    assert raw(narrow, "/open", HTTP_X_FORWARDED_FOR="203.0.113.8").status_code == 200


def test_webhooks_are_limited_by_address(narrow: FlaskClient) -> None:
    assert statuses([narrow.post("/webhook") for _ in range(3)]) == [200, 200, 429]


def test_what_issues_credentials_has_a_limit_of_its_own(narrow: FlaskClient) -> None:
    answers = [narrow.post("/keys", headers=KEY) for _ in range(3)]
    assert statuses(answers) == [200, 200, 429]
    assert answers[-1].get_json()["violatedPolicies"] == ["issue"]
