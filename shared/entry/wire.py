"""The models of the wire: camelCase, strict, and closed to members nobody declared."""

from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from shared.kernel.clock import rfc3339
from shared.kernel.errors import FieldError, InvalidRequest, ValidationFailed

MAX_INTEGER = 2**53 - 1


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


M = TypeVar("M", bound=Wire)
Moment = Annotated[datetime, PlainSerializer(rfc3339)]
Positive = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Name = Annotated[str, Field(min_length=1, max_length=128)]
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: tuple(value.split(",")) if isinstance(value, str) else value),
]


def parsed_body(model: type[M], raw: bytes) -> M:
    """The JSON body as a model; broken JSON is InvalidRequest, wrong members ValidationFailed."""
    try:
        return model.model_validate_json(raw or b"{}", by_alias=True, by_name=False)
    except ValidationError as refused:
        errors = refused.errors(include_url=False, include_input=False, include_context=False)
        if errors[0]["type"] == "json_invalid":
            raise InvalidRequest("The body is not valid JSON.", reason="json") from None
        raise ValidationFailed([_field_error(error) for error in errors]) from None


def parsed_query(model: type[M], members: dict[str, str]) -> M:
    """The query string as a model; its values are text, so numbers may be written in digits."""
    try:
        return model.model_validate(members, strict=False, by_alias=True, by_name=False)
    except ValidationError as refused:
        errors = refused.errors(include_url=False, include_input=False, include_context=False)
        raise ValidationFailed([_field_error(error) for error in errors]) from None


def _field_error(error: ErrorDetails) -> FieldError:
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"])
    return FieldError("".join(f"/{part}" for part in escaped), error["type"])
