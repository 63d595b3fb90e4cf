"""What OAuth calls things: types of tokens, and its own words for what goes wrong."""

from typing import NamedTuple

from shared.kernel.errors import Forbidden, InvalidRequest

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  # a name
ACCESS_TYPE = "urn:ietf:params:oauth:token-type:access_token"
ID_TYPE = "urn:ietf:params:oauth:token-type:id_token"
CUSTOM_TYPE = "urn:hyphae:token-type:firebase-custom-token"


class Wanted(NamedTuple):
    """A request of RFC 8693, as far as we answer it; `scope` is None where none is asked for."""

    subject_token: str
    subject_token_type: str
    audience: str
    scope: frozenset[str] | None
    requested_token_type: str


class Issued(NamedTuple):
    """What a token was exchanged for; good for so many seconds."""

    token: str
    token_type: str
    expires_in: int
    scope: frozenset[str]


def refusal(error: str, detail: str, reason: str = "") -> InvalidRequest:
    """A 400 with OAuth's word for it (RFC 6749, section 5.2; RFC 8693, section 2.2.2)."""
    return InvalidRequest(detail, reason=reason or error, error=error, error_description=detail)


def denial(reason: str) -> Forbidden:
    return Forbidden(reason=reason, error="access_denied")
