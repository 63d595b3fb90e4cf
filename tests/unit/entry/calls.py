"""Requests as a server might pass them on, and problems that are whole."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import functions_framework
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

KEY = {"X-API-Key": "good"}
Logged = Callable[[], list[dict[str, Any]]]  # the lines so far
AREA = Path(__file__).with_name("area.py")


def client_of(function: str, source: Path) -> FlaskClient:
    """Calls to a function as the framework serves it."""
    create_app: Any = functions_framework.create_app
    client: FlaskClient = create_app(function, str(source)).test_client(use_cookies=False)
    return client


def raw(client: FlaskClient, path: str, method: str = "GET", **environ: Any) -> TestResponse:
    """A request with the path and the environment just so; None takes something away."""
    given = {"PATH_INFO": path, "RAW_URI": path, "HTTP_X_API_KEY": "good", **environ}
    there = {name: value for name, value in given.items() if value is not None}
    return client.open("/", method=method, environ_overrides=there)


def code(response: TestResponse) -> tuple[int, str]:
    """The status and the code of a problem that is whole."""
    assert response.content_type == "application/problem+json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    document = json.loads(response.get_data())
    assert document["type"] == f"/problems/{document['code']}"
    assert document["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"
    assert document["status"] == response.status_code
    assert document["title"]
    assert document["detail"]
    return response.status_code, document["code"]
