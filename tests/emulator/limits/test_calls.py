"""Calls to two instances that count in one Redis, and what they answer while it is away."""

from collections.abc import Callable

import flask
import pytest
from flask import Response

from shared.kernel.settings import read_settings
from tests.builders import LIVE
from tests.redis_server import Server
from tests.unit.entry.area import Parts, area
from tests.unit.entry.calls import KEY

Instance = Callable[[str, str], Response]
LIMITS = '{"key": 3, "issue": 2}'


@pytest.fixture
def instance(redis_server: Server) -> Callable[[], Instance]:
    app = flask.Flask("calls")

    def start() -> Instance:
        parts = Parts(
            read_settings({**LIVE, "REDIS_URL": redis_server.url, "HYPHAE_RATE_LIMITS": LIMITS})
        )
        function = area.function(lambda: parts)

        def call(method: str, path: str) -> Response:
            with app.test_request_context(path, method=method, headers=KEY):
                return function(flask.request)

        return call

    return start


def test_a_key_has_one_limit_at_all_instances(instance: Callable[[], Instance]) -> None:
    one, other = instance(), instance()
    answers = [call("GET", "/tenant") for call in (one, other, one, other)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[2].headers["RateLimit"].startswith('"key";r=0;t=')
    assert int(answers[3].headers["Retry-After"]) > 58


def test_a_request_is_one_call_to_redis(
    redis_server: Server, instance: Callable[[], Instance]
) -> None:
    call = instance()
    call("GET", "/tenant")
    before = redis_server.calls()
    call("GET", "/tenant")
    assert redis_server.calls() - before == 1


def test_while_redis_is_away_no_credentials_are_issued_and_all_else_goes_on(
    redis_server: Server, instance: Callable[[], Instance]
) -> None:
    call = instance()
    redis_server.stop()
    refused, taken = call("POST", "/keys"), call("GET", "/tenant")
    redis_server.start()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert taken.status_code == 200
