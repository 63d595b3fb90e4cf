"""Hostile ID tokens, each with the reason that the log gives for its refusal."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt

from tests.builders import NEW_YEAR, claims, segment, without
from tests.signing import Issuer, issuer

NOW = NEW_YEAR
SECOND = int(NOW.timestamp())
CUSTOM_TOKEN_AUDIENCE = (
    "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
)
COOKIE_ISSUER = "https://session.firebase.google.com/demo-app"
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def good(**changes: Any) -> str:
    return issuer().token(claims(NOW, **changes))


def headed(**header: Any) -> str:
    return issuer().token(claims(NOW), **header)


def unheaded(name: str) -> str:
    header = without({"alg": "RS256", "kid": issuer().kid, "typ": "JWT"}, name)
    return issuer().signed(header, claims(NOW))


def headless(text: str, encoding: str = "utf-8") -> str:
    return f"{segment(text.encode(encoding))}.e30.e30"


def lacking(name: str) -> str:
    return issuer().token(without(claims(NOW), name))


def raw_payload(text: str) -> str:
    return issuer().token(text.encode())


def with_exp(literal: str) -> str:
    stated = json.dumps(without(claims(NOW), "exp"))
    return raw_payload(f'{stated[:-1]}, "exp": {literal}}}')


def parts(count: int) -> str:
    return ".".join((good().split(".") * 2)[:count])


def resigned(signature: str) -> str:
    return f"{good().rsplit('.', 1)[0]}.{signature}"


def respelled() -> str:
    """The same bytes in other characters: the last one carries bits that nobody reads."""
    token = good()
    return token[:-1] + BASE64URL[BASE64URL.index(token[-1]) + 1]


def hs256() -> str:
    header, payload, _ = headed(alg="HS256").split(".")
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = algorithm.sign(f"{header}.{payload}".encode(), issuer().pem)
    return f"{header}.{payload}.{segment(signature)}"


@cache
def forged() -> str:
    return Issuer(issuer().kid).token(claims(NOW))


def unsigned(payload: bytes) -> str:
    return f"{good().split('.')[0]}.{segment(payload)}.e30"


HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    "alg none": (lambda: headed(alg="none").rsplit(".", 1)[0] + ".", "alg"),
    "alg none, signed": (lambda: headed(alg="none"), "alg"),
    "alg nOnE": (lambda: headed(alg="nOnE"), "alg"),
    "alg missing": (lambda: unheaded("alg"), "alg"),
    "alg null": (lambda: headed(alg=None), "alg"),
    "alg list": (lambda: headed(alg=["RS256"]), "alg"),
    "alg dict": (lambda: headed(alg={"RS256": 1}), "alg"),
    "HS256 with the public key": (hs256, "alg"),
    "RS512": (lambda: headed(alg="RS512"), "alg"),
    "PS256": (lambda: headed(alg="PS256"), "alg"),
    "access token": (lambda: headed(typ="at+jwt"), "typ"),
    "kid missing": (lambda: unheaded("kid"), "kid_type"),
    "kid null": (lambda: headed(kid=None), "kid_type"),
    "kid list": (lambda: headed(kid=["key-1"]), "kid_type"),
    "kid path": (lambda: headed(kid="../../dev/null"), "kid_unknown"),
    "kid SQL": (lambda: headed(kid="' OR 1=1--"), "kid_unknown"),
    "kid NUL": (lambda: headed(kid="\0"), "kid_unknown"),
    "kid long": (lambda: headed(kid="k" * 10_000), "size"),
    "crit": (lambda: headed(crit=["x"]), "header_member"),
    "b64": (lambda: headed(b64=False), "header_member"),
    "zip": (lambda: headed(zip="DEF"), "header_member"),
    "jku": (lambda: headed(jku="https://evil.example"), "header_member"),
    "another key of the same id": (forged, "signature"),
    "signature stripped": (lambda: resigned(""), "bad_base64url"),
    "signature removed by Google": (
        lambda: resigned("SIGNATURE_REMOVED_BY_GOOGLE"),
        "signature",
    ),
    "signature of the wrong size": (lambda: resigned(segment(b"short")), "signature"),
    "other spelling": (respelled, "non_canonical"),
    "padding": (lambda: good() + "==", "non_canonical"),
    "noise behind": (lambda: good() + "!!!!", "non_canonical"),
    "new line behind": (lambda: good() + "\n", "bad_base64url"),
    "NUL": (lambda: "\0" + good(), "bad_base64url"),
    "empty": (lambda: "", "segments"),
    "one part": (lambda: parts(1), "segments"),
    "two parts": (lambda: parts(2), "segments"),
    "four parts": (lambda: parts(4), "segments"),
    "five parts": (lambda: parts(5), "segments"),
    "dots alone": (lambda: "..", "bad_base64url"),
    "one character": (lambda: "a.b.c", "bad_base64url"),
    "non-ASCII": (lambda: good() + "é", "non_ascii"),
    "BOM": (lambda: "\ufeff" + good(), "non_ascii"),
    "lone surrogate": (lambda: good() + "\ud800", "non_ascii"),
    "8193 bytes": (lambda: "a" * 8193, "size"),
    "1 MB": (lambda: "a" * 1_000_000, "size"),
    "header list": (lambda: headless("[]"), "not_object"),
    "header null": (lambda: headless("null"), "not_object"),
    "header string": (lambda: headless('"x"'), "not_object"),
    "header number": (lambda: headless("1"), "not_object"),
    "payload list": (lambda: issuer().token([]), "not_object"),
    "payload null": (lambda: issuer().token(None), "not_object"),
    "payload string": (lambda: issuer().token("x"), "not_object"),
    "payload number": (lambda: issuer().token(1), "not_object"),
    "header not JSON": (lambda: headless("{"), "bad_json"),
    "header too deep": (lambda: headless("[" * 6000), "bad_json"),
    "header in UTF-16": (lambda: headless("{}", "utf-16"), "bad_json"),
    "header with a BOM": (lambda: headless("{}", "utf-8-sig"), "bad_json"),
    "alg twice": (lambda: headless('{"alg":"none","alg":"RS256","kid":"key-1"}'), "bad_json"),
    "aud twice": (lambda: raw_payload('{"aud":"demo-app","aud":"x"}'), "bad_json"),
    "integer of 5000 digits, unsigned": (
        lambda: unsigned(b"9" * 5000),
        "signature",
    ),
    "integer of 5000 digits": (lambda: with_exp("9" * 5000), "bad_json"),
    "aud of an unregistered project": (lambda: good(project="evil"), "aud_unknown"),
    "aud of the staging project": (lambda: good(project="demo-app-staging"), "aud_unknown"),
    "custom token": (lambda: good(aud=CUSTOM_TOKEN_AUDIENCE), "aud_unknown"),
    "aud in capitals": (lambda: good(aud="DEMO-APP"), "aud_unknown"),
    "aud list": (lambda: good(aud=["demo-app"]), "aud_type"),
    "aud number": (lambda: good(aud=1), "aud_type"),
    "aud missing": (lambda: lacking("aud"), "aud_type"),
    "iss of another project": (
        lambda: good(iss="https://securetoken.google.com/demo-bo"),
        "iss",
    ),
    "iss with a slash": (lambda: good(iss="https://securetoken.google.com/demo-app/"), "iss"),
    "iss over http": (lambda: good(iss="http://securetoken.google.com/demo-app"), "iss"),
    "iss in capitals": (lambda: good(iss="HTTPS://SECURETOKEN.GOOGLE.COM/demo-app"), "iss"),
    "iss list": (lambda: good(iss=["https://securetoken.google.com/demo-app"]), "iss"),
    "iss of session cookies": (lambda: good(iss=COOKIE_ISSUER), "iss"),
    "iss missing": (lambda: lacking("iss"), "iss"),
    "sub missing": (lambda: lacking("sub"), "sub"),
    "sub empty": (lambda: good(sub=""), "sub"),
    "sub number": (lambda: good(sub=7), "sub"),
    "sub long": (lambda: good(sub="s" * 129), "sub"),
    "sub of half a character": (lambda: good(sub="\ud800"), "bad_json"),
    "name of half a character": (lambda: good(name="a\udfff"), "bad_json"),
    "exp missing": (lambda: lacking("exp"), "bad_exp"),
    "exp null": (lambda: with_exp("null"), "bad_exp"),
    "exp string": (lambda: with_exp('"9999999999"'), "bad_exp"),
    "exp fraction": (lambda: with_exp(f"{SECOND + 60}.5"), "bad_exp"),
    "exp true": (lambda: with_exp("true"), "bad_exp"),
    "exp NaN": (lambda: with_exp("NaN"), "bad_json"),
    "exp infinite": (lambda: with_exp("1e999"), "bad_json"),
    "exp negative": (lambda: with_exp("-1"), "bad_exp"),
    "exp 2^60": (lambda: with_exp(str(2**60)), "bad_exp"),
    "iat in the future": (lambda: good(iat=SECOND + 11, exp=SECOND + 60), "iat"),
    "iat string": (lambda: good(iat=str(SECOND)), "bad_iat"),
    "iat missing": (lambda: lacking("iat"), "bad_iat"),
    "auth_time in the future": (lambda: good(auth_time=SECOND + 11), "iat"),
    "auth_time far in the future": (lambda: good(auth_time=2**39), "iat"),
    "auth_time missing": (lambda: lacking("auth_time"), "bad_auth_time"),
    "lifetime of ten years": (lambda: good(exp=SECOND + 10 * 365 * 86400), "lifetime"),
    "lifetime a second too long": (lambda: good(exp=SECOND + 3601), "lifetime"),
    "exp before iat": (lambda: good(exp=SECOND - 1), "lifetime"),
}
