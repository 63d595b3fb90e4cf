"""People in the Auth emulator: signing them up and in, in any of the projects."""

import json
from typing import Any, NamedTuple
from urllib.parse import quote

from scripts.suite.http import NoAnswer, call

AUTH = "http://127.0.0.1:9099/identitytoolkit.googleapis.com/v1"
OWNER = {"Authorization": "Bearer owner"}


class Person(NamedTuple):
    """A seeded user: the same e-mail may exist in several projects."""

    email: str
    password: str
    project: str
    tenant_id: str
    role: str


def sign_up(person: Person, display_name: str) -> None:
    """Make the account with a verified e-mail; one that is there already stays."""
    url = f"{AUTH}/projects/{quote(person.project)}/accounts"
    body = {
        "email": person.email,
        "password": person.password,
        "displayName": display_name,
        "emailVerified": True,
    }
    status, answer = call("POST", url, body, headers=OWNER)
    if status != 200 and b"EMAIL_EXISTS" not in answer:
        raise NoAnswer(f"signing up {person.email} answered {status}")


def sign_in(person: Person) -> str:
    """A fresh ID token of the person's project."""
    body = {
        "email": person.email,
        "password": person.password,
        "returnSecureToken": True,
        "targetProjectId": person.project,
    }
    return _token("signInWithPassword", body, person.email)


def sign_in_with_custom_token(custom_token: str, project: str) -> str:
    """An ID token of the project for whom the custom token names."""
    body = {"token": custom_token, "returnSecureToken": True, "targetProjectId": project}
    return _token("signInWithCustomToken", body, "with a custom token")


def _token(method: str, body: dict[str, Any], who: str) -> str:
    url = f"{AUTH}/accounts:{method}?key=local"
    status, answer = call("POST", url, body, headers=OWNER)
    if status != 200:
        raise NoAnswer(f"signing in {who} answered {status}")
    token: str = json.loads(answer)["idToken"]
    return token
