"""Rows 1 to 38: bearer tokens that are none, or whose signature or header is not right."""

from collections.abc import Callable

from shared.platform.keys import PublicKeys
from tests.emulator.hostile.catalogue import (
    ABSENT,
    BAD,
    INVALID,
    LARGE,
    Expected,
    Send,
    case,
    each,
    plain,
)
from tests.emulator.hostile.world import World
from tests.emulator.platform.publisher import Publisher
from tests.unit.auth.hostile import HOSTILE, good, headed
from tests.unit.entry.calls import code


def bearing(make: Callable[[], str]) -> Send:
    return lambda world: world.call("GET", "/me", token=make())


def hostile(row: int, *starts: str) -> None:
    """Those of the hostile ID tokens whose names begin so, each with its reason."""
    names = [name for name in HOSTILE if name.startswith(starts) and name != "1 MB"]
    assert names, starts
    for name in names:
        make, reason = HOSTILE[name]
        each(row, BAD, [(name, bearing(make))], reason)


each(1, ABSENT, [("nothing", plain())], "none")
each(2, ABSENT, [("empty", plain(HTTP_AUTHORIZATION=""))], "empty")
for text in ("Bearer", "Bearer ", "Bearer  "):
    each(4, BAD, [(repr(text), plain(HTTP_AUTHORIZATION=text))], "empty_token")
each(4, BAD, [("another scheme", plain(HTTP_AUTHORIZATION="Basic YTpi"))], "scheme")
for name, two in {
    "two headers": {"HTTP_AUTHORIZATION": "Bearer a, Bearer b"},
    "both kinds": {"HTTP_AUTHORIZATION": "Bearer a", "HTTP_X_API_KEY": "b"},
}.items():
    each(5, INVALID, [(name, plain(**two))], "multiple_credentials")
for member in ("access_token", "id_token", "token", "key", "api_key", "X-API-Key"):
    query = plain(QUERY_STRING=f"{member}=x")
    each(7, INVALID, [(member, query)], "credential_in_url")
hostile(8, "alg none", "alg nOnE")
hostile(10, "alg missing", "alg null", "alg list", "alg dict", "alg twice")
hostile(11, "HS256")
hostile(13, "RS512", "PS256")
hostile(14, "kid missing", "kid null", "kid list")
hostile(16, "kid path", "kid SQL", "kid NUL", "kid long")
hostile(19, "crit", "b64", "zip", "jku")
hostile(20, "another key")
hostile(22, "signature stripped")
hostile(23, "signature removed", "signature of the wrong size")
hostile(25, "other spelling", "padding", "noise")
each(25, BAD, [("a line behind", lambda world: world.raw(HTTP_AUTHORIZATION=f"Bearer {good()}\n"))])
hostile(26, "one part", "two parts", "four parts", "five parts", "dots", "one character")
hostile(28, "non-ASCII", "NUL", "lone surrogate", "BOM")
hostile(29, "header list", "header null", "header string", "header number", "payload ")
hostile(29, "header not JSON", "header too deep", "header in UTF-16", "header with a BOM")
hostile(31, "integer of 5000 digits")
hostile(32, "8193 bytes")
each(32, LARGE, [("1 MB", bearing(HOSTILE["1 MB"][0]))])
hostile(34, "aud of an unregistered", "aud in capitals")
hostile(35, "aud list", "aud number", "aud missing", "aud twice")
hostile(37, "iss ")
hostile(38, "aud of the staging")


@case(17, BAD, "kid_unknown")
def a_thousand_unknown_key_ids_at_once(world: World) -> Expected:
    """The key server is asked once more, and whoever is known goes on being taken."""
    with Publisher() as publisher:
        parts = world.another()
        parts.keys = PublicKeys(publisher.url)
        call = world.at(parts)
        found = {code(call("GET", "/me", token=headed(kid=f"x{n}"))) for n in range(1000)}
        assert call("GET", "/me", token=good()).status_code == 200
        assert publisher.fetches == 1
    (one,) = found
    return one
