"""Rows 61 to 71: refresh tokens."""

import base64
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from werkzeug.test import TestResponse

from shared.auth.refresh_tokens import CRC_BYTES, RefreshTokens
from tests.emulator.hostile.catalogue import (
    BAD,
    REVOKED,
    WELL,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import World
from tests.unit.entry.calls import code

AT_ONCE = 50
STARTS = "hy_rt_dev_"


def first(world: World) -> str:
    """The refresh token of a session that begins now, as the store goes by the time."""
    world.clock.moment = None
    token: str = world.session(world.person())["refreshToken"]
    return token


def successor(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.get_json()
    token: str = answer.get_json()["refreshToken"]
    return token


def respelled(token: str, change: Callable[[bytearray], None]) -> str:
    """Another token, with a checksum that holds."""
    prefix, text = token[: len(STARTS)], token[len(STARTS) :]
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[:-CRC_BYTES])
    change(raw)
    crc = zlib.crc32(prefix.encode() + bytes(raw)).to_bytes(CRC_BYTES, "big")
    return f"{prefix}{base64.urlsafe_b64encode(bytes(raw) + crc).rstrip(b'=').decode()}"


def version_nine(raw: bytearray) -> None:
    raw[0] = 9


def another_mac(raw: bytearray) -> None:
    raw[-1] ^= 1


def of_production(world: World, token: str) -> str:
    ours = world.parts.sessions._refresh_tokens
    return RefreshTokens(ours._master, "live").write(ours.read(token))


def unread(make: Callable[[World, str], str]) -> Send:
    """A token that is refused without a read."""

    def send(world: World) -> TestResponse:
        token = make(world, first(world))
        with world.costing() as spent:
            answer = world.refresh(token)
        assert spent.calls == 0
        return answer

    return send


SHAPES: dict[str, Callable[[World, str], str]] = {
    "garbage": lambda _, __: "garbage",
    "empty": lambda _, __: "",
    "the wrong length": lambda _, token: token[:-8],
    "a bad checksum": lambda _, token: token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
    "version 9": lambda _, token: respelled(token, version_nine),
}
each(61, BAD, [(name, unread(make)) for name, make in SHAPES.items()])
each(62, BAD, [("another MAC", unread(lambda _, token: respelled(token, another_mac)))])
each(70, BAD, [("of another environment", unread(of_production))], "refresh_shape")


@case(64, WELL)
def the_token_before_within_the_grace(world: World) -> TestResponse:
    token = first(world)
    second = successor(world.refresh(token))
    answer = world.refresh(token)
    assert successor(answer) == second
    return answer


def ended(world: World, token: str, answer: TestResponse) -> TestResponse:
    """The whole family is: its living token opens nothing any more."""
    assert code(world.refresh(token)) == REVOKED
    return answer


@case(65, REVOKED)
def the_token_before_for_the_fourth_time(world: World) -> TestResponse:
    token = first(world)
    second = successor(world.refresh(token))
    assert {successor(world.refresh(token)) for _ in range(3)} == {second}
    return ended(world, second, world.refresh(token))


@case(67, REVOKED)
def a_token_two_generations_old(world: World) -> TestResponse:
    token = first(world)
    third = successor(world.refresh(successor(world.refresh(token))))
    return ended(world, third, world.refresh(token))


@case(68, WELL)
def one_token_in_fifty_hands_at_once(world: World) -> TestResponse:
    token = first(world)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: world.refresh(token), range(AT_ONCE)))
    (only,) = {successor(answer) for answer in answers}
    assert world.parts.sessions._refresh_tokens.read(only).counter == 1
    return world.refresh(only)


@case(71, REVOKED)
def a_session_of_another_product(world: World) -> TestResponse:
    token = first(world)
    return ended(world, token, world.refresh(token, audience="demo-bo"))
