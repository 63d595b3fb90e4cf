"""The server that functions-framework starts: it lets through what is refused in our words."""

from gunicorn.config import LimitRequestFields, LimitRequestFieldSize

MAX_FIELD_BYTES = 64 * 1024
MAX_FIELDS = 1000


def let_headers_through() -> None:
    """For a server that is made later: functions-framework has no setting for its limits."""
    LimitRequestFieldSize.default = MAX_FIELD_BYTES
    LimitRequestFields.default = MAX_FIELDS
