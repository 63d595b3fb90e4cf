"""What a request costs before its work begins: nothing, where the instance knows who calls."""

import pytest

from scripts.suite.benches.auth_cost import measured
from shared.wiring import Wiring

CREDENTIALS = ("ID token", "access token", "API key")


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_a_request_costs_nothing_warm_and_little_cold(wiring: Wiring, credential: str) -> None:
    found = measured(wiring, wiring.settings.hub)["ours"][credential]
    assert found["cold"] <= 2
    assert found["decision"] <= 1
    assert found["warm"] == 0
