"""Whoever calls the deployed functions, and what refuses them."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

EVENTS = "/api/v1/ecosystem/events"
FORBIDDEN, MISSING, CONFLICT = (403, "forbidden"), (404, "not-found"), (409, "conflict")
REFUSED, UNKNOWN = (422, "validation-error"), (401, "invalid-credentials")


class Client(NamedTuple):
    """Somebody with a credential, who calls one function."""

    function: FlaskClient
    credential: dict[str, str]

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.function.get(path, headers=self.credential | headers)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.function.patch(path, json=body, headers=self.credential)

    def delete(self, path: str) -> TestResponse:
        return self.function.delete(path, headers=self.credential)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        keyed = {"Idempotency-Key": uuid4().hex} | self.credential | _titled(headers)
        if isinstance(body, bytes):
            kind = "application/json"
            return self.function.post(path, data=body, headers=keyed, content_type=kind)
        return self.function.post(path, json=body, headers=keyed)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Any call, with just these headers."""
        given = self.credential | _titled(headers)
        return self.function.open(path, method=method, json=body, headers=given)


AsUser = Callable[..., Client]  # a person, at a function, with roles in tenants
WithKey = Callable[..., Client]  # a product, at a function, of a tenant or of the platform


def _titled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
