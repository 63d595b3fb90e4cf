"""The view of a pool beside its organization: the newest change wins, whatever stands there."""

from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique

BALANCE = {"includedTokens": 100, "totalUsedTokens": 30, "purchasedTokens": 40}
SHOWN = {"limit": 100, "used": 30, "purchased": 40}


@pytest.fixture
def organization() -> str:
    return unique("organization")


def put(wiring: Wiring, organization: str, row: dict[str, Any]) -> None:
    wiring.hub.collection("organizations").document(organization).set(row)


def quota(wiring: Wiring, organization: str) -> dict[str, Any]:
    found = wiring.hub.collection("organizations").document(organization).get().to_dict() or {}
    shown: dict[str, Any] = found["usageQuota"]
    return shown


def test_a_pool_is_shown(wiring: Wiring, organization: str) -> None:
    assert wiring.quotas.show(f"org_{organization}", BALANCE, 7)
    assert quota(wiring, organization) == {"aiTokens": SHOWN | {"asOf": 7}}


def test_what_is_late_or_comes_again_changes_nothing(wiring: Wiring, organization: str) -> None:
    for updated, shows in ((7, True), (7, False), (6, False), (8, True)):
        changed = BALANCE | {"totalUsedTokens": updated}
        assert wiring.quotas.show(f"org_{organization}", changed, updated) is shows
    assert quota(wiring, organization)["aiTokens"]["used"] == 8


def test_other_quotas_of_the_organization_stay(wiring: Wiring, organization: str) -> None:
    put(wiring, organization, {"name": "x", "usageQuota": {"seats": 5}})
    wiring.quotas.show(f"org_{organization}", BALANCE, 7)
    assert quota(wiring, organization) == {"seats": 5, "aiTokens": SHOWN | {"asOf": 7}}


@pytest.mark.parametrize("odd", [None, "much", {"aiTokens": None}, {"aiTokens": {"asOf": "now"}}])
def test_whatever_stands_there_is_replaced(wiring: Wiring, organization: str, odd: Any) -> None:
    put(wiring, organization, {"usageQuota": odd})
    assert wiring.quotas.show(f"org_{organization}", BALANCE, 7)
    assert quota(wiring, organization)["aiTokens"]["limit"] == 100


def test_a_balance_without_its_numbers_is_none(wiring: Wiring, organization: str) -> None:
    with pytest.raises(KeyError):
        wiring.quotas.show(f"org_{organization}", {"includedTokens": 100}, 7)
