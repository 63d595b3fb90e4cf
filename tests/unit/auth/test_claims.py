"""The claim `tenants`: the highest built-in role of each, all of them or none."""

import json

from hypothesis import given
from hypothesis import strategies as st

from shared.auth.claims import CLAIM, MOST_CHARACTERS, tenant_roles, with_tenants
from shared.auth.models import Member
from shared.auth.permissions import BUILT_IN

roles = st.dictionaries(st.text(max_size=30), st.sampled_from(list(BUILT_IN)), max_size=40)
others = st.dictionaries(st.text(max_size=8), st.integers(), max_size=3)


def test_the_highest_built_in_role_is_stated_and_no_other() -> None:
    members = [
        Member("a", "u", ("viewer", "admin", "editor")),
        Member("b", "u", ("waiter",), teams=("crew",)),
        Member("c", "u", ("waiter", "viewer")),
    ]
    assert tenant_roles(members) == {"a": "admin", "c": "viewer"}


@given(others, roles)
def test_claims_fit_and_leave_what_others_state(
    before: dict[str, int], held: dict[str, str]
) -> None:
    after = with_tenants(before, held)
    assert {k: v for k, v in after.items() if k != CLAIM} == {
        k: v for k, v in before.items() if k != CLAIM
    }
    assert len(json.dumps(after)) <= MOST_CHARACTERS
    assert after.get(CLAIM, held) == held


@given(others)
def test_whoever_is_in_no_tenant_any_more_has_no_claim(before: dict[str, int]) -> None:
    assert CLAIM not in with_tenants({**before, CLAIM: {"a": "owner"}}, {})


def test_what_does_not_fit_is_not_stated_by_half() -> None:
    held = {f"tenant-{number:032}": "editor" for number in range(30)}
    assert with_tenants({CLAIM: {"a": "owner"}, "mine": 1}, held) == {"mine": 1}
