"""The few calls that the scripts make to the emulators."""

import json
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

# Straight to this machine, whatever proxy the environment names.
_open = build_opener(ProxyHandler({})).open


class NoAnswer(Exception):
    """Nobody listens there, or the connection broke."""


def call(
    method: str,
    url: str,
    body: object = None,
    timeout: float = 10,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """With a body as JSON, or as it is where it is bytes."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **(headers or {})}
    request = Request(url, data, sent, method=method)
    try:
        with _open(request, timeout=timeout) as answer:
            return answer.status, answer.read()
    except HTTPError as refused:
        return refused.code, refused.read()
    except (URLError, OSError, HTTPException) as error:
        raise NoAnswer(f"{url}: {error}") from error


def get_json(url: str) -> Any:
    status, body = call("GET", url)
    if status != 200:
        raise NoAnswer(f"{url} answered {status}")
    return json.loads(body)


def wait_until_answering(host: str, seconds: float) -> None:
    """Until somebody answers there, whatever they say; raises NoAnswer when nobody does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            call("GET", f"http://{host}/")
        except NoAnswer:
            time.sleep(0.02)
        else:
            return
    raise NoAnswer(f"{host} did not answer in {seconds} s")
