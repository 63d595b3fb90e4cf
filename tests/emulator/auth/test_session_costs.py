"""What a session costs in calls and reads."""

import pytest
from google.cloud import firestore

from scripts.suite.counting import Costs, counted_client
from shared.kernel.errors import InvalidCredentials
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.auth.conftest import sign_in
from tests.emulator.auth.sessions import HERE, begin, member, refresh


class Counted(Wiring):
    """An instance that remembers nothing yet, and whose calls are counted."""

    def __init__(self, wiring: Wiring, costs: Costs) -> None:
        super().__init__(wiring.settings, wiring.clock)
        self._costs = costs

    def firestore(self, project: str) -> firestore.Client:
        return counted_client(project, self._costs)


def test_recognising_a_caller_costs_one_call_and_then_none(wiring: Wiring) -> None:
    uid = unique("uid")
    id_token = unsigned_token(claims(wiring.clock(), sub=uid))
    access_token = begin(wiring, wiring.auth.caller_with_token(id_token)).access_token
    for token, calls, reads in ((id_token, 1, 1), (access_token, 1, 2)):
        costs = Costs()
        instance = Counted(wiring, costs)
        instance.auth.caller_with_token(token)
        assert costs.as_tuple() == (calls, reads, 0)
        instance.auth.caller_with_token(token)
        assert costs.as_tuple() == (calls, reads, 0)


@pytest.mark.parametrize(("tenant", "reads"), [(False, 2), (True, 4)])
def test_a_refresh_costs_two_calls(wiring: Wiring, tenant: bool, reads: int) -> None:
    name, costs = unique("tenant"), Costs()
    granted = begin(wiring, member(wiring, name, "owner") if tenant else sign_in(wiring))
    instance = Counted(wiring, costs)
    refresh(instance, granted)
    assert costs.as_tuple() == (2, reads, 1)


@pytest.mark.parametrize("text", ["", "x", "hy_rt_live_AAAA", "hy_rt_dev_AAAA"])
def test_what_is_no_token_costs_no_call(wiring: Wiring, text: str) -> None:
    costs = Costs()
    with pytest.raises(InvalidCredentials):
        Counted(wiring, costs).sessions.refresh(text, None, HERE)
    assert costs.calls == 0
