"""The user's token that somebody holds who asks about it, or wants it exchanged."""

from datetime import datetime
from typing import NamedTuple

from shared.auth.callers import Callers
from shared.auth.models import ANONYMOUS, Access, Caller, Identity
from shared.auth.oauth import ACCESS_TYPE, ID_TYPE, refusal
from shared.auth.permissions import OWN
from shared.kernel.errors import Forbidden, InvalidCredentials, SessionRevoked, TokenExpired
from shared.kernel.ids import derived_id

BAD = (Forbidden, InvalidCredentials, SessionRevoked, TokenExpired)


class Subject(NamedTuple):
    """What a token says, in the words of an access token; `name` is this token's alone."""

    access: Access
    name: str


class Subjects:
    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    def read(self, token: str, token_type: str) -> Subject:
        """Raises InvalidRequest for a token that is no longer, or never was, a user's."""
        try:
            caller = self._callers.with_token(token)
            self._callers.require_still(caller)
        except BAD as bad:
            reason = f"subject_{bad.reason}"
            raise refusal("invalid_request", "The subject token is not good.", reason) from None
        return _subject(caller, token, token_type)


def reach(access: Access, permissions: frozenset[str]) -> frozenset[str]:
    """All that a token may do: what its scope says, else what its user may."""
    may = permissions | OWN
    return may if access.scope is None else access.scope & may


def _subject(caller: Caller, token: str, token_type: str) -> Subject:
    if token_type == ACCESS_TYPE and caller.access:
        return Subject(caller.access, caller.access.token_id)
    identity = caller.identity
    if token_type != ID_TYPE or identity is None or identity.provider == ANONYMOUS:
        raise refusal("invalid_request", "The subject token is not good.", "subject_type")
    # It has one spelling, so its text names it.
    return Subject(_as_access(caller.user_id or "", identity), derived_id(token))


def _as_access(user_id: str, identity: Identity) -> Access:
    return Access(
        token_id="",
        user_id=user_id,
        audience=identity.project,
        issued=_second(identity.auth_time),
        expires=identity.expires,
        auth_time=_second(identity.auth_time),
        user_epoch=0,
    )


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
