"""Every failure a caller may see, with its code and status (RFC 9457, problem details)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """One refused member: a JSON pointer (RFC 6901) and why, in one word."""

    pointer: str
    code: str


class Problem(Exception):
    """A failure with a public code. `detail` reaches the caller, `reason` only the log."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, detail: str = "", *, reason: str = "", **members: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.reason = reason
        self.members: Mapping[str, object] = members

    @property
    def headers(self) -> Mapping[str, str]:
        return {}


class InvalidRequest(Problem):
    code, status, title = "invalid-request", 400, "The request is not valid"


class _Unauthorized(Problem):
    status = 401
    challenge: ClassVar[str] = 'Bearer error="invalid_token"'

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": self.challenge}


class MissingCredentials(_Unauthorized):
    code, title = "missing-credentials", "Credentials are required"
    challenge = "Bearer"


class InvalidCredentials(_Unauthorized):
    code, title = "invalid-credentials", "The credentials are not valid"


class StaleSignIn(InvalidCredentials):
    """The sign-in is too old for what was asked (RFC 9470)."""

    challenge = 'Bearer error="insufficient_user_authentication", max_age="300"'


class TokenExpired(_Unauthorized):
    code, title = "token-expired", "The token has expired"


class SessionRevoked(_Unauthorized):
    code, title = "session-revoked", "The session has ended"


class InsufficientTokens(Problem):
    code, status, title = "insufficient-tokens", 402, "There are not enough tokens"


class Forbidden(Problem):
    code, status, title = "forbidden", 403, "The caller may not do this"


class InsufficientScope(Problem):
    code, status, title = "insufficient-scope", 403, "The credential lacks the scope"


class NotFound(Problem):
    code, status, title = "not-found", 404, "There is nothing here"


class MethodNotAllowed(Problem):
    code, status, title = "method-not-allowed", 405, "The method is not allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"Allowed here: {', '.join(sorted(allowed))}.")
        self.allowed = sorted(allowed)

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Allow": ", ".join(self.allowed)}


class Conflict(Problem):
    code, status, title = "conflict", 409, "The state does not allow this"


class PayloadTooLarge(Problem):
    code, status, title = "payload-too-large", 413, "The body is too large"


class UriTooLong(Problem):
    code, status, title = "uri-too-long", 414, "The address is too long"


class UnsupportedMediaType(Problem):
    code, status, title = "unsupported-media-type", 415, "The body must be application/json"


class ValidationFailed(Problem):
    code, status, title = "validation-error", 422, "Some members are not valid"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        listed = [error._asdict() for error in errors]
        super().__init__(f"{len(errors)} member(s) refused.", errors=listed)


class IdempotencyKeyReused(Problem):
    code, status, title = "idempotency-key-reused", 422, "The key was used for another request"


class QuotaExceeded(Problem):
    """Too many in a minute; `violatedPolicies` names of which limits (RateLimit-Policy)."""

    code, status, title = "quota-exceeded", 429, "Too many requests"

    def __init__(self, policies: Sequence[str], retry_after: int) -> None:
        listed = ", ".join(policies)
        super().__init__(reason=f"quota_{listed}", violatedPolicies=list(policies))
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}


class HeadersTooLarge(Problem):
    code, status, title = "headers-too-large", 431, "The headers are too large"


class InternalError(Problem):
    code, status, title = "internal-error", 500, "Something went wrong on our side"


class DependencyUnavailable(Problem):
    code, status, title = "dependency-unavailable", 503, "Please try again shortly"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "1"}
