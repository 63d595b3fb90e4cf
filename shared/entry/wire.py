"""The models of the wire: camelCase, strict, and closed to members nobody declared."""

import functools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from shared.kernel.clock import is_zone, rfc3339
from shared.kernel.errors import FieldError, InvalidRequest, ValidationFailed
from shared.kernel.ids import LONGEST_ID, is_safe_id
from shared.kernel.strict_json import strict_json

MAX_INTEGER = 2**53 - 1
MAX_ERRORS = 100


class Wire(BaseModel):
    """What travels: true JSON types, nothing undeclared."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        strict=True,
        frozen=True,
    )


class Nothing(Wire):
    """For routes that take no members."""


class PageQuery(Wire):
    """What each list takes."""

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    cursor: str | None = None


def _safe(text: str) -> str:
    if not is_safe_id(text):
        raise ValueError("not an id")
    return text


def _written_out(text: object) -> str:
    """A number, as such or in digits, is a count of something and not a time of RFC 3339."""
    if not isinstance(text, str) or text.lstrip("+-").replace(".", "", 1).isdecimal():
        raise ValueError("not a time")
    return text


def _in_utc(moment: datetime) -> datetime:
    """A time without a zone is taken for UTC; one that no calendar has in UTC is refused."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("out of range") from None


def _zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError("not a time zone")
    return name


ID = {"type": "string", "pattern": "^[A-Za-z0-9_.:@-]+$", "maxLength": LONGEST_ID}
DATE_TIME = {"type": "string", "format": "date-time"}
M = TypeVar("M", bound=Wire)
Moment = Annotated[datetime, PlainSerializer(rfc3339), WithJsonSchema(DATE_TIME, "serialization")]
When = Annotated[
    datetime, Field(strict=False), BeforeValidator(_written_out), AfterValidator(_in_utc)
]
Positive = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Name = Annotated[str, Field(min_length=1, max_length=128)]
Id = Annotated[str, AfterValidator(_safe), WithJsonSchema(ID)]
Zone = Annotated[Name, AfterValidator(_zone)]
CommaSeparated = BeforeValidator(lambda text: tuple(text.split(",")) if text else ())


def parsed_body(model: type[M], raw: bytes) -> M:
    """The JSON body as a model; broken JSON is InvalidRequest, wrong members ValidationFailed."""
    body = raw or b"{}"
    try:
        content = strict_json(body)  # pydantic would take NaN, and the last of two equal members
    except ValueError:
        raise InvalidRequest("The body is not valid JSON.", reason="json") from None
    try:
        return model.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError as refused:
        raise _refusal(refused, content) from None


def parsed_query(model: type[M], members: dict[str, str]) -> M:
    """The query string as a model; its values are text, so numbers may be written in digits."""
    try:
        return model.model_validate(members, strict=False, by_alias=True, by_name=False)
    except ValidationError as refused:
        raise _refusal(refused, members) from None


@functools.cache
def lists_of(model: type[Wire]) -> frozenset[str]:
    """The members that are lists, as they are called on the wire."""
    return frozenset(
        field.alias or name
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is tuple
    )


def _refusal(refused: ValidationError, content: Any) -> InvalidRequest | ValidationFailed:
    errors = refused.errors(include_url=False, include_input=False, include_context=False)
    if errors[0]["type"] == "json_invalid":
        return InvalidRequest("The body is not valid JSON.", reason="json")
    named = dict.fromkeys(_field_error(error, content) for error in errors[:MAX_ERRORS])
    return ValidationFailed(list(named))


def _field_error(error: ErrorDetails, content: Any) -> FieldError:
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in _place(error, content))
    return FieldError("".join(f"/{part}" for part in escaped), error["type"])


def _place(error: ErrorDetails, content: Any) -> Iterator[str]:
    """The members on the way to what is wrong; pydantic names the kinds of a union as well."""
    for part in error["loc"]:
        index = isinstance(content, list) and isinstance(part, int)
        if index or (isinstance(content, dict) and part in content):
            content = content[part]
            yield str(part)
    if error["type"] == "missing":
        yield str(error["loc"][-1])
