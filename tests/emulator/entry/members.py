"""Putting members, roles and teams."""

from typing import Any

from tests.emulator.entry.clients import Client


def put(client: Client, path: str, body: Any) -> Any:
    return client.send("PUT", path, body)


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.get_json()["errors"]]
