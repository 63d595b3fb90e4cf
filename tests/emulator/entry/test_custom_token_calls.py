"""Tokens by which a user signs in at another project: always as the same person."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from shared.auth.oauth import CUSTOM_TYPE
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.entry.clients import Client
from tests.emulator.entry.crossing import exchange, refused, user_id

pytestmark = pytest.mark.usefixtures("nothing_told")


def test_a_user_crosses_over_to_two_projects_at_once(
    product: Client, given: dict[str, Any]
) -> None:
    """Their own name becomes theirs in both."""

    def cross(audience: str) -> TestResponse:
        token = given["accessToken"]
        return exchange(product, token, audience=audience, requested_token_type=CUSTOM_TYPE)

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(cross, ("demo-bo", "demo-ai", "demo-hub")))
    assert [answer.status_code for answer in answers] == [200] * 3


def test_a_custom_token_signs_the_same_person_in_elsewhere(
    wiring: Wiring, product: Client, me: Client, given: dict[str, Any], tenant: str
) -> None:
    answer = exchange(product, given["accessToken"], requested_token_type=CUSTOM_TYPE).get_json()
    assert (answer["issued_token_type"], answer["token_type"]) == (CUSTOM_TYPE, "N_A")
    assert answer["expires_in"] == 60
    stated = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert stated["uid"] == given["user"]["userId"]
    assert stated["claims"] == {
        "sid": given["sessionId"],
        "tid": tenant,
        "tenants": {tenant: "viewer"},
    }
    signed_in = unsigned_token(claims(wiring.clock(), project="demo-bo", sub=stated["uid"]))
    there = Client(me.function, {"Authorization": f"Bearer {signed_in}"})
    assert user_id(there) == given["user"]["userId"]


def test_who_is_known_there_keeps_the_name_they_have(
    wiring: Wiring, product: Client, me: Client, given: dict[str, Any]
) -> None:
    mine, there = given["user"]["userId"], unique("uid")
    linked = unsigned_token(claims(wiring.clock(), project="demo-bo", sub=there))
    identity = wiring.verifier.verify(linked, wiring.clock())
    wiring.users.link(mine, identity, wiring.clock())
    for project, uid in (("demo-bo", there), ("demo-hub", mine)):
        answer = exchange(
            product, given["accessToken"], audience=project, requested_token_type=CUSTOM_TYPE
        ).get_json()
        stated = jwt.decode(answer["access_token"], options={"verify_signature": False})
        assert stated["uid"] == uid


def test_nobody_takes_a_name_that_somebody_else_has_there(
    wiring: Wiring, product: Client, me: Client, given: dict[str, Any]
) -> None:
    squatted = claims(wiring.clock(), project="demo-bo", sub=given["user"]["userId"])
    wiring.auth.caller_with_token(unsigned_token(squatted))
    answer = exchange(product, given["accessToken"], requested_token_type=CUSTOM_TYPE)
    assert refused(answer) == (400, "invalid-request", "invalid_target")
