"""Scheduled functions: done by POST, and a problem when it failed."""

import pytest
from werkzeug.test import TestResponse

from tests.unit.entry.calls import AREA, Logged, client_of, code

NAMES = {"job": "job_function", "broken": "broken_job_function", "waiting": "waiting_job_function"}


def run(name: str, method: str = "POST") -> TestResponse:
    return client_of(NAMES[name], AREA).open("/", method=method)


def test_a_job_answers_with_what_it_did(logged: Logged) -> None:
    answer = run("job")
    assert (answer.status_code, answer.get_json()) == (200, {"what": "done"})
    (line,) = logged()
    assert (line["message"], line["function"], line["status"]) == ("schedule", "job", 200)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "FOO"])
def test_a_job_is_not_run_by_another_method(method: str) -> None:
    assert code(run("job", method)) == (405, "method-not-allowed")


def test_a_job_that_can_only_wait_asks_to_be_called_again(logged: Logged) -> None:
    assert code(run("waiting")) == (503, "dependency-unavailable")
    assert logged()[0]["severity"] == "ERROR"


def test_a_job_that_breaks_says_nothing_of_itself(logged: Logged) -> None:
    answer = run("broken")
    assert code(answer) == (500, "internal-error")
    lines = logged()
    assert [line["message"] for line in lines] == ["unexpected failure", "schedule"]
    assert "hunter2" not in answer.get_data(as_text=True) + str(lines)
