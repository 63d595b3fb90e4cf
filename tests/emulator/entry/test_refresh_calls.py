"""Refreshing as a client does: each row of the catalogue with status and code."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.auth.refresh_tokens import Refresh, RefreshTokens
from shared.wiring import Wiring
from tests.emulator.entry.clients import AsUser
from tests.emulator.entry.sessions import GIVEN, REFRESH, bearing, begin, refresh
from tests.unit.entry.calls import code

pytestmark = pytest.mark.usefixtures("nothing_told")
ME = "/api/v1/auth/me"


def test_a_refresh_rotates(as_user: AsUser) -> None:
    me = as_user("auth")
    first = begin(me)
    second = refresh(me, first["refreshToken"]).get_json()
    assert set(second) == GIVEN
    assert second["refreshToken"] != first["refreshToken"]
    assert second["sessionId"] == first["sessionId"]
    assert bearing(me, second).get(ME).status_code == 200


def test_a_refresh_needs_no_other_credential_and_ignores_a_bad_one(as_user: AsUser) -> None:
    me = as_user("auth")
    token = begin(me)["refreshToken"]
    stale = {"Authorization": "Bearer nonsense"}
    answer = me.function.post(REFRESH, json={"refreshToken": token}, headers=stale)
    assert answer.status_code == 200


def test_a_previous_token_is_answered_three_times_and_then_ends_the_family(
    as_user: AsUser,
) -> None:
    me = as_user("auth")
    first = begin(me)
    second = refresh(me, first["refreshToken"]).get_json()
    for _ in range(3):
        again = refresh(me, first["refreshToken"])
        assert again.get_json()["refreshToken"] == second["refreshToken"]
    assert code(refresh(me, first["refreshToken"])) == (401, "session-revoked")
    assert code(refresh(me, second["refreshToken"])) == (401, "session-revoked")
    assert code(bearing(me, second).get(ME)) == (401, "session-revoked")


def test_a_token_two_generations_old_ends_the_family(as_user: AsUser) -> None:
    me = as_user("auth")
    first = begin(me)
    second = refresh(me, first["refreshToken"]).get_json()
    third = refresh(me, second["refreshToken"]).get_json()
    assert code(refresh(me, first["refreshToken"])) == (401, "session-revoked")
    assert code(refresh(me, third["refreshToken"])) == (401, "session-revoked")


def test_a_token_in_another_product_s_hands_ends_the_family(as_user: AsUser) -> None:
    me = as_user("auth")
    given = begin(me)
    assert code(refresh(me, given["refreshToken"], audience="demo-bo")) == (401, "session-revoked")
    assert code(bearing(me, given).get(ME)) == (401, "session-revoked")


def test_a_previous_token_from_elsewhere_ends_the_family(as_user: AsUser) -> None:
    me = as_user("auth")
    first = begin(me)
    refresh(me, first["refreshToken"])
    body = {"refreshToken": first["refreshToken"]}
    thief = me.function.post(REFRESH, json=body, headers={"User-Agent": "thief"})
    assert code(thief) == (401, "session-revoked")


UNKNOWN = Refresh("ab" * 16, "cd" * 16, 0, None)
BAD: dict[str, Callable[[Wiring, str], str]] = {
    "garbage": lambda _, good: "x" * len(good),
    "empty": lambda _, good: "",
    "wrong length": lambda _, good: good[:-3],
    "bad checksum": lambda _, good: good[:-1] + ("A" if good[-1] != "A" else "Q"),
    "another environment": lambda w, good: RefreshTokens(w.settings.key_pepper, "live").write(
        UNKNOWN
    ),
    "another secret": lambda w, good: RefreshTokens(b"other", "dev").write(UNKNOWN),
    "not ASCII": lambda _, good: good + "é",
    "NUL": lambda _, good: good + "\0",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_what_is_no_refresh_token_is_refused(
    as_user: AsUser, wiring: Wiring, make: Callable[[Wiring, str], str]
) -> None:
    me = as_user("auth")
    given = begin(me)
    answer = refresh(me, make(wiring, given["refreshToken"]))
    assert code(answer) == (401, "invalid-credentials")
    assert answer.headers["WWW-Authenticate"]
    assert refresh(me, given["refreshToken"]).status_code == 200


def test_a_session_that_never_was_has_ended(as_user: AsUser, wiring: Wiring) -> None:
    token = RefreshTokens(wiring.settings.key_pepper, "dev").write(UNKNOWN)
    assert code(refresh(as_user("auth"), token)) == (401, "session-revoked")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/refreshToken"), ({"refreshToken": 7}, "/refreshToken"), ({"x": 1}, "/refreshToken")],
)
def test_a_refresh_names_what_is_wrong(as_user: AsUser, body: dict[str, Any], pointer: str) -> None:
    answer = as_user("auth").function.post(REFRESH, json=body)
    assert code(answer) == (422, "validation-error")
    assert pointer in [error["pointer"] for error in answer.get_json()["errors"]]


def test_a_refresh_token_is_no_credential_nor_is_it_taken_in_an_address(as_user: AsUser) -> None:
    me = as_user("auth")
    given = begin(me)
    bearer = {"Authorization": f"Bearer {given['refreshToken']}"}
    assert code(me.function.get(ME, headers=bearer)) == (401, "invalid-credentials")
    answer = me.function.post(f"{REFRESH}?token={given['refreshToken']}", json={})
    assert code(answer) == (400, "invalid-request")
