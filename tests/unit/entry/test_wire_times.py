"""Times as they travel: RFC 3339, in UTC."""

from datetime import UTC, datetime

import pytest

from shared.entry.wire import When, Wire, parsed_body, parsed_query
from shared.kernel.errors import ValidationFailed


class Span(Wire):
    at: When


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00+14:00", datetime(2025, 12, 31, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_time_is_taken_in_utc(text: str, moment: datetime) -> None:
    found = parsed_query(Span, {"at": text}).at
    assert (found, found.tzinfo) == (moment, UTC)
    assert parsed_body(Span, f'{{"at": "{text}"}}'.encode()).at == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "2026",
        "-1",
        "1.5",
        "1767225600",
        "NaN",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        parsed_query(Span, {"at": text})
    with pytest.raises(ValidationFailed):
        parsed_body(Span, f'{{"at": "{text}"}}'.encode())


@pytest.mark.parametrize("literal", ["0", "1767225600", "1.5", "true", "null", "[]", "{}"])
def test_what_is_no_text_is_no_time(literal: str) -> None:
    with pytest.raises(ValidationFailed):
        parsed_body(Span, f'{{"at": {literal}}}'.encode())
