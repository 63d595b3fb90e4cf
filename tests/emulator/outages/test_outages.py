"""What the auth function depends on is away, and comes back: never open, and never started anew."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shared.auth.api_keys import make_key
from tests.emulator.outages.conftest import Answer, Estate, estate, signed_in
from tests.redis_server import Server

ME, SESSIONS = "/me", "/sessions"
AUDIENCE = {"audience": "demo-app"}
AWAY_SECONDS = 40
BACK_SECONDS = 10
Ask = Callable[[Estate], Answer]


def away(answer: Answer) -> bool:
    code = answer.body["code"]
    said = (answer.status, code) == (503, "dependency-unavailable")
    return said and int(answer.retry_after or 0) >= 1


def back(ask: Callable[[], Answer], status: int) -> None:
    """Within seconds it is answered again; until then with nothing but a 503."""
    deadline = time.monotonic() + BACK_SECONDS
    while (answer := ask()).status != status:
        assert away(answer), answer
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_while_firestore_is_away_nobody_is_let_in(redis_url: str) -> None:
    """For so long that a connection which is tried less and less often would be seen to be."""
    with estate(redis_url) as one:
        known, key = signed_in(), make_key("dev").text
        assert one.bearing("GET", ME, known).status == 200
        session = one.bearing("POST", SESSIONS, known, AUDIENCE)
        assert session.status == 201
        refreshing = {"refreshToken": session.body["refreshToken"]}
        one.store.stop()
        asks: list[Ask] = [
            lambda one: one.bearing("GET", ME, known),
            lambda one: one.bearing("GET", ME, signed_in()),
            lambda one: one.bearing("GET", ME, session.body["accessToken"]),
            lambda one: one.bearing("POST", SESSIONS, known, AUDIENCE),
            lambda one: one.ask("POST", f"{SESSIONS}/refresh", refreshing),
            lambda one: one.ask("GET", ME, X_API_Key=key),
        ]
        ends = time.monotonic() + AWAY_SECONDS
        with ThreadPoolExecutor(len(asks)) as pool:
            while time.monotonic() < ends:
                answers = list(pool.map(lambda ask: ask(one), asks))
                assert [answer for answer in answers if not away(answer)] == []
        assert one.bearing("GET", ME, "x").status == 401
        assert one.ask("GET", "/jwks").status == 200
        one.store.start()
        back(lambda: one.bearing("GET", ME, signed_in()), 200)
        back(lambda: one.ask("GET", ME, X_API_Key=key), 401)


def test_while_redis_is_away_nothing_is_issued_and_all_else_goes_on(redis_server: Server) -> None:
    with estate(redis_server.url) as one:
        token = signed_in()
        assert one.bearing("POST", SESSIONS, token, AUDIENCE).status == 201
        redis_server.stop()
        assert away(one.bearing("POST", SESSIONS, token, AUDIENCE))
        assert away(one.ask("POST", f"{SESSIONS}/refresh", {"refreshToken": "x"}))
        assert one.bearing("GET", ME, token).status == 200
        assert one.bearing("GET", ME, "x").status == 401
        redis_server.start()
        back(lambda: one.bearing("POST", SESSIONS, token, AUDIENCE), 201)


def test_without_the_issuers_keys_nobody_is_let_in_until_they_are_there(redis_url: str) -> None:
    with estate(redis_url, with_keys=False) as one:
        token = signed_in()
        assert all(away(one.bearing("GET", ME, token)) for _ in range(3))
        assert one.bearing("GET", ME, "x").status == 401
        one.keys.start()
        back(lambda: one.bearing("GET", ME, token), 200)
        one.keys.stop()
        assert one.bearing("GET", ME, signed_in()).status == 200
