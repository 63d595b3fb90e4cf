"""Cursors that a caller has made up for a list of their own: refused, and nothing breaks."""

import pytest

from shared.kernel.pages import encode_cursor
from tests.emulator.entry.clients import WithKey
from tests.unit.entry.calls import code

TIME = "2026-01-01T00:00:00Z"
LISTS = [
    ("auth", "/auth/api-keys", "api-keys:{0}"),
    ("auth", "/auth/audit", "audit/{0}"),
    ("auth", "/auth/tenants/{0}/members", "members:{0}"),
    ("ecosystem", "/ecosystem/dead-letters", "dead:{0}"),
    ("ecosystem", "/ecosystem/history", "history:{0}"),
    ("sync", "/sync/conflicts", "conflicts:{0}"),
    ("sync", "/sync/tenants/{0}/products", "menu_items:{0}"),
]
POSITIONS = [(), ("..",), ("a/b",), ("a", "b"), (TIME, ".."), (TIME, "a/b"), ("9" * 30, "a", "1")]


@pytest.mark.parametrize(("function", "path", "scope"), LISTS)
def test_a_cursor_of_the_right_list_and_no_place_in_it_is_refused(
    with_key: WithKey, restaurant: str, function: str, path: str, scope: str
) -> None:
    client = with_key(function, restaurant)
    for position in POSITIONS:
        cursor = encode_cursor(scope.format(restaurant), *position)
        answer = client.get(f"/api/v1{path.format(restaurant)}?cursor={cursor}")
        assert code(answer) == (400, "invalid-request"), position
