"""Our public keys, where the standards look for them and where the other calls are."""

from functions.auth.area import area
from functions.auth.schemas import KeySet, PublicKey
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing
from shared.wiring import Wiring

CACHED = {"Cache-Control": "public, max-age=300"}


@area.route("GET", "/jwks", Nothing, KeySet, open_=True)
@area.route("GET", "/.well-known/jwks.json", Nothing, KeySet, open_=True)
def jwks(call: Call[Nothing], wiring: Wiring) -> Reply:
    keys = wiring.signing_keys.published()
    return Reply(KeySet(keys=tuple(PublicKey.model_validate(key) for key in keys)), CACHED)
