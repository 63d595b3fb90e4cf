"""Problems: the contract's codes and statuses, each with one class."""

import pytest

from shared.kernel import errors
from shared.kernel.errors import (
    FieldError,
    MethodNotAllowed,
    Problem,
    QuotaExceeded,
    StaleSignIn,
    ValidationFailed,
)

CONTRACT = {
    "invalid-request": 400,
    "missing-credentials": 401,
    "invalid-credentials": 401,
    "token-expired": 401,
    "session-revoked": 401,
    "insufficient-tokens": 402,
    "forbidden": 403,
    "insufficient-scope": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "conflict": 409,
    "payload-too-large": 413,
    "uri-too-long": 414,
    "unsupported-media-type": 415,
    "validation-error": 422,
    "idempotency-key-reused": 422,
    "quota-exceeded": 429,
    "headers-too-large": 431,
    "dependency-unavailable": 503,
}
CLASSES = [
    thing
    for thing in vars(errors).values()
    if isinstance(thing, type) and issubclass(thing, Problem) and hasattr(thing, "code")
]


def made(problem: type[Problem]) -> Problem:
    if problem is QuotaExceeded:
        return QuotaExceeded(["key"], 7)
    return problem([]) if problem in (MethodNotAllowed, ValidationFailed) else problem()


def test_the_codes_and_statuses_are_those_of_the_contract() -> None:
    assert {c.code: c.status for c in CLASSES} == CONTRACT | {"internal-error": 500}


def test_a_code_has_one_class_but_for_the_stale_sign_in() -> None:
    assert len(CLASSES) == len(CONTRACT) + 1 + len([StaleSignIn])


@pytest.mark.parametrize("problem", CLASSES)
def test_a_401_challenges_and_nothing_else_does(problem: type[Problem]) -> None:
    assert ("WWW-Authenticate" in made(problem).headers) is (problem.status == 401)


def test_what_can_be_waited_out_says_for_how_long() -> None:
    assert errors.DependencyUnavailable().headers["Retry-After"] == "1"
    assert QuotaExceeded(["key"], 7).headers["Retry-After"] == "7"


def test_a_stale_sign_in_is_told_what_is_fresh() -> None:
    challenge = StaleSignIn().headers["WWW-Authenticate"]
    assert challenge == 'Bearer error="insufficient_user_authentication", max_age="300"'


def test_a_refused_method_is_told_the_allowed_ones() -> None:
    assert MethodNotAllowed(["POST", "GET"]).headers == {"Allow": "GET, POST"}


def test_refused_members_are_listed_with_pointers() -> None:
    refusal = ValidationFailed([FieldError("/amount", "int_type")])
    assert refusal.members["errors"] == [{"pointer": "/amount", "code": "int_type"}]
