"""Crossing over between products, and what a token is worth: OAuth's calls."""

from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from functions.auth.area import area
from shared.auth.introspection import Found
from shared.auth.oauth import ACCESS_TYPE, CUSTOM_TYPE, TOKEN_EXCHANGE, Wanted, refusal
from shared.entry.http import Call
from shared.entry.wire import Wire
from shared.wiring import Wiring

Text = Annotated[str, Field(min_length=1, max_length=16_384)]


class OAuth(Wire):
    """In OAuth's spelling, and silent on what there is not."""

    model_config = ConfigDict(alias_generator=None, extra="ignore")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The members themselves: of how they are written pydantic knows no more than a dict."""
        return handler({**schema, "serialization": None})

    @model_serializer(mode="wrap")
    def _said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value is not None}


class ExchangeRequest(OAuth):
    """RFC 8693, section 2.1; of the tokens there are, an actor's and several targets are not."""

    grant_type: Text
    subject_token: Text
    subject_token_type: Text
    audience: Text
    scope: Text | None = None
    requested_token_type: Text = ACCESS_TYPE
    actor_token: Text | None = None
    resource: Text | None = None


class ExchangeAnswer(OAuth):
    access_token: str
    issued_token_type: str
    token_type: Literal["Bearer", "N_A"]
    expires_in: int
    scope: str


class IntrospectRequest(OAuth):
    """However long a text is that is no token, it is just not active."""

    token: Annotated[str, Field(min_length=1)]


class IntrospectAnswer(OAuth):
    """RFC 7662, section 2.2; a token that is no good has no other member than `active`."""

    active: bool
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    client_id: str | None = None
    scope: str | None = None
    exp: int | None = None
    iat: int | None = None
    jti: str | None = None
    sid: str | None = None
    tid: str | None = None
    token_type: str | None = None
    act: dict[str, Any] | None = None


@area.route("POST", "/token", ExchangeRequest, ExchangeAnswer, form=True, issues=True)
def token(call: Call[ExchangeRequest], wiring: Wiring) -> ExchangeAnswer:
    issued = wiring.exchange.exchange(call.caller, _wanted(call.input))
    return ExchangeAnswer(
        access_token=issued.token,
        issued_token_type=issued.token_type,
        token_type="Bearer" if issued.token_type == ACCESS_TYPE else "N_A",
        expires_in=issued.expires_in,
        scope=" ".join(sorted(issued.scope)),
    )


@area.route("POST", "/introspect", IntrospectRequest, IntrospectAnswer, form=True)
def introspect(call: Call[IntrospectRequest], wiring: Wiring) -> IntrospectAnswer:
    found = wiring.introspection.look(call.caller, call.input.token)
    return _good(found, wiring.settings.issuer) if found else IntrospectAnswer(active=False)


def _wanted(asked: ExchangeRequest) -> Wanted:
    if asked.grant_type != TOKEN_EXCHANGE:
        raise refusal("unsupported_grant_type", "Tokens are exchanged here, and nothing else.")
    if asked.requested_token_type not in (ACCESS_TYPE, CUSTOM_TYPE):
        raise refusal("invalid_request", "No such token is made here.", "requested_token_type")
    if asked.actor_token or asked.resource:
        raise refusal("invalid_request", "actor_token and resource are not supported.")
    scope = frozenset(asked.scope.split()) if asked.scope else None
    kinds = asked.subject_token_type, asked.audience, scope, asked.requested_token_type
    return Wanted(asked.subject_token, *kinds)


def _good(found: Found, issuer: str) -> IntrospectAnswer:
    access = found.access
    return IntrospectAnswer(
        active=True,
        sub=access.user_id,
        aud=access.audience,
        iss=issuer,
        client_id=access.audience,
        scope=" ".join(sorted(found.scope)),
        exp=access.expires,
        iat=access.issued,
        jti=access.token_id,
        sid=access.session_id,
        tid=access.tenant_id,
        token_type="Bearer",  # noqa: S106  # how to send it, no secret
        act=dict(access.act) if access.act else None,
    )
