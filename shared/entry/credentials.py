"""Credentials in a request: one bearer token or one API key, in a header, never in the URL."""

from collections.abc import Callable

from flask import Request

from shared.auth.api_keys import found_in
from shared.auth.exposure import Exposure
from shared.auth.models import Caller
from shared.auth.service import Auth
from shared.kernel.errors import InvalidCredentials, InvalidRequest, MissingCredentials

IN_URL = {"access_token", "id_token", "token", "key", "api_key", "apikey", "x-api-key"}
KEY_STARTS = "hy_sk_"
EXPOSED = "exposed_key"
NOBODY = Caller()


def caller_of(request: Request, auth: Auth) -> Caller:
    """Who is calling; raises MissingCredentials, InvalidCredentials or InvalidRequest."""
    refuse_in_address(request)
    bearer, key = (request.headers.get(name, "") for name in ("Authorization", "X-API-Key"))
    if bearer and key:
        raise InvalidRequest("Send one credential.", reason="multiple_credentials")
    if key:
        return auth.caller_with_key(_single(key))
    if bearer:
        return auth.caller_with_token(_bearer(bearer))
    raise MissingCredentials(reason="empty" if "Authorization" in request.headers else "none")


def refuse_in_address(request: Request) -> None:
    """What is in an address ends up in logs and histories."""
    if IN_URL & {name.lower() for name in request.args}:
        raise InvalidRequest("Credentials do not belong in an address.", reason="credential_in_url")


def refuse_exposed(request: Request, body: bytes, exposure: Callable[[], Exposure]) -> None:
    """A key of ours belongs in its header alone; whose it is finds the exposure in their audit."""
    address = f"{request.path}?{request.query_string.decode('latin-1')}"
    for where, text in (("address", address), ("body", body.decode("latin-1"))):
        key = found_in(text) if KEY_STARTS in text else None
        if key:
            exposure().tell(key, where)
            raise InvalidRequest(f"An API key stands in the {where}.", reason=EXPOSED)


def _bearer(header: str) -> str:
    scheme, _, token = _single(header).partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidCredentials(reason="scheme")
    if not token.strip():
        raise InvalidCredentials(reason="empty_token")
    return token


def _single(value: str) -> str:
    """WSGI servers join repeated headers with a comma, which no credential contains."""
    if "," in value:
        raise InvalidRequest("Send one credential.", reason="multiple_credentials")
    return value
