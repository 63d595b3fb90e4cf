"""Whatever is sent to a call, its answer is one that the OpenAPI document names, and no 5xx."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.gateway.http import described
from tests.emulator.openapi.conftest import Gateway, examples

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CALLS = [(path, method) for path, methods in described()["paths"].items() for method in methods]
SOME = settings(
    max_examples=examples(),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(app: Gateway) -> BaseSchema:
    """As a client of the gateway gets it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize(("path", "method"), CALLS)
def test_every_answer_is_one_that_the_document_names(
    schema: BaseSchema,
    credentials: Sequence[Mapping[str, str]],
    tenant: str,
    path: str,
    method: str,
) -> None:
    @SOME
    @given(cases(schema[path][method.upper()]), st.sampled_from(credentials), st.integers(0, 3))
    def holds(case: Case[Any], credential: Mapping[str, str], at_home: int) -> None:
        if at_home:
            put(case.path_parameters, "tenant_id", tenant)
        put(case.query, "wait", 0)  # it would wait for events
        for name in ("Authorization", "X-API-Key"):
            case.headers.pop(name, None)
        case.call_and_validate(headers={**credential}, checks=CHECKS)

    holds()


def cases(operation: APIOperation[Any, Any, Any, Any]) -> st.SearchStrategy[Case[Any]]:
    """Requests that fit the document, and where there is something to break, those that do not."""
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    broken = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.one_of(fitting, broken) if operation.definition.raw["security"] else fitting


def put(members: object, name: str, value: object) -> None:
    """In place of what was made up for it, where there is such a member."""
    if isinstance(members, dict) and name in members:
        members[name] = value
