"""The functions as they are in production, but that the keys are ours and the clock is set."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import flask
from flask.testing import FlaskClient
from google.cloud import firestore
from werkzeug.test import TestResponse

from functions.auth.area import area
from scripts.suite.counting import Costs, costing, counted_client
from shared.auth.id_tokens import GoogleVerifier, Verifier
from shared.auth.jws import Keys
from shared.auth.known_keys import issue_key
from shared.auth.models import Member
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import NEW_YEAR, claims, unique
from tests.emulator.conftest import SetClock
from tests.signing import issuer
from tests.unit.entry.calls import client_of, raw

HUB = "demo-hostile"
WORKER = "worker@demo-bo.iam.gserviceaccount.com"
GOOGLE = "https://accounts.google.com"
SERVICE = {"product": "bo", "tenantId": None, "scopes": ["auth:token:introspect"]}
SETTINGS = {
    "HYPHAE_HUB": HUB,
    "HYPHAE_SERVICES": json.dumps({WORKER: SERVICE}),
    "HYPHAE_EXCHANGES": '{"app": ["bo"]}',
}
AREAS = Path(__file__).with_name("areas.py")


def members(tenant: str, *more: str) -> str:
    """Where they are called, or one of them."""
    return "/".join((f"/tenants/{tenant}/members", *more))


class Parts(Wiring):
    """An instance whose every signature counts, and whose every call is counted."""

    def __init__(self, clock: SetClock, **settings: str) -> None:
        super().__init__(read_settings({**os.environ, **SETTINGS, **settings}), clock)
        self.costs = Costs()
        self.keys: Keys = issuer()

    def firestore(self, project: str) -> firestore.Client:
        return counted_client(project, self.costs)

    @cached_property
    def verifier(self) -> Verifier:
        return GoogleVerifier(self.keys, self.settings.registered_projects)

    @property
    def service_keys(self) -> Keys:
        return issuer()


class World:
    """Who calls, and what they have presented: nothing of that may be in a log."""

    def __init__(self) -> None:
        self.clock = SetClock()
        self.rewind()
        self.presented: set[str] = set()
        self._clients: dict[str, FlaskClient] = {}

    def rewind(self) -> None:
        """Most of it happens at New Year."""
        self.clock.moment = NEW_YEAR

    @cached_property
    def parts(self) -> Parts:
        return Parts(self.clock)

    def another(self, **settings: str) -> Parts:
        """Another instance, which has seen nobody yet."""
        return Parts(self.clock, **settings)

    def client(self, function: str) -> FlaskClient:
        if function not in self._clients:
            self._clients[function] = client_of(function, AREAS)
        return self._clients[function]

    def call(
        self, method: str, path: str, body: Any = None, function: str = "auth", **headers: str
    ) -> TestResponse:
        """A call with a `token` or `key`, a body in JSON or as it is, and other headers."""
        given = self._credential(headers.pop("token", None), headers.pop("key", None))
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.client(function).open(path, method=method, headers=given, **sent)

    def form(self, path: str, key: str, **members: str | None) -> TestResponse:
        stated = {name: value for name, value in members.items() if value is not None}
        self.presented |= {stated[name] for name in ("subject_token", "token") if name in stated}
        headers = self._credential(None, key)
        return self.client("auth").post(path, data=stated, headers=headers)

    def raw(
        self, path: str = "/me", method: str = "GET", function: str = "auth", **environ: Any
    ) -> TestResponse:
        """A request with the environment just so."""
        given = {"HTTP_X_API_KEY": None, **environ}
        return raw(self.client(function), path, method, **given)

    def refresh(self, token: str, **body: str) -> TestResponse:
        self.presented.add(token)
        return self.call("POST", "/sessions/refresh", {"refreshToken": token, **body})

    def person(self, **stated: Any) -> str:
        """An ID token of somebody who has just signed in."""
        return issuer().token(claims(self.clock(), **stated))

    def service(self, **changes: Any) -> str:
        """Google's token of a service account that is on our list, but for the changes."""
        second = int(self.clock().timestamp())
        stated = {"iss": GOOGLE, "aud": self.parts.settings.issuer, "sub": "1", "email": WORKER}
        times = {"email_verified": True, "iat": second, "exp": second + 3600}
        return issuer().token(stated | times | changes)

    def user_id(self, token: str) -> str:
        return str(self.parts.auth.caller_with_token(token).user_id)

    def tenant(self, *owners: str) -> str:
        """A tenant that people own."""
        name = unique("tenant")
        self.parts.tenants.put_tenant(name, name, "T", ["SMP"])
        for token in owners:
            self.join(name, token, "owner")
        return name

    def join(self, tenant: str, token: str, role: str) -> None:
        self.parts.tenants.put_member(Member(tenant, self.user_id(token), (role,)))

    def key(self, tenant: str | None) -> str:
        ends = self.clock() + timedelta(days=1)
        store = self.parts.api_keys, self.parts.settings
        made = issue_key(*store, "k", "SMP", tenant, ends).text
        self.presented.add(made)
        return made

    def session(self, token: str, tenant: str | None = None) -> Mapping[str, Any]:
        body = {"audience": "demo-app"} | ({"tenantId": tenant} if tenant else {})
        answer = self.call("POST", "/sessions", body, token=token)
        assert answer.status_code == 201, answer.get_json()
        given: dict[str, Any] = answer.get_json()
        self.presented |= {given["accessToken"], given["refreshToken"]}
        return given

    def at(self, parts: Parts) -> Callable[..., TestResponse]:
        """Calls of auth to another instance."""
        app, function = flask.Flask("elsewhere"), area.function(lambda: parts)
        app.add_url_rule(
            "/<path:_>", "any", lambda _: function(flask.request), methods=["GET", "POST", "PATCH"]
        )
        client = app.test_client(use_cookies=False)

        def call(method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
            given = self._credential(headers.pop("token", None), headers.pop("key", None))
            return client.open(path, method=method, headers=given | headers, json=body)

        return call

    @contextmanager
    def costing(self) -> Iterator[Costs]:
        """What the functions' own instance spends."""
        with costing(self.parts.costs) as spent:
            yield spent

    def _credential(self, token: str | None, key: str | None) -> dict[str, str]:
        self.presented |= {text for text in (token, key) if text}
        named = {"Authorization": f"Bearer {token}" if token else None, "X-API-Key": key}
        return {name: value for name, value in named.items() if value}


world = World()
