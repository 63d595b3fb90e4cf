"""What a request costs before its work begins: nothing, where the instance knows who calls."""

import pytest

from scripts.suite.benches.auth_cost import measured
from scripts.suite.counting import Costs, costing, counted_client
from shared.auth.models import Member
from shared.auth.roles import Role
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import sign_in

CREDENTIALS = (
    "ID token",
    "ID token, no tenant named",
    "access token",
    "access token, no tenant named",
    "API key",
)


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_a_request_costs_nothing_warm_and_little_cold(wiring: Wiring, credential: str) -> None:
    found = measured(wiring, wiring.settings.hub)["ours"][credential]
    assert found["cold"] + found["decision"] <= 2
    assert found["warm"] == 0


@pytest.fixture
def counted(wiring: Wiring) -> tuple[Wiring, Costs]:
    costs = Costs()
    instance = Wiring(wiring.settings, wiring.clock)
    instance.__dict__["hub"] = counted_client(wiring.settings.hub, costs)
    return instance, costs


def test_a_tenant_that_is_not_named_costs_nothing_warm(
    counted: tuple[Wiring, Costs], wiring: Wiring
) -> None:
    instance, costs = counted
    tenant = unique("tenant")
    caller = sign_in(instance)
    with costing(costs) as nowhere:
        assert [instance.auth.only_tenant(caller) for _ in range(2)] == [None, None]
    wiring.tenants.put_member(Member(tenant, str(caller.user_id), ("viewer",)))
    with costing(costs) as once:
        assert [instance.auth.only_tenant(caller) for _ in range(2)] == [tenant, tenant]
    assert (nowhere.calls, once.calls) == (2, 1)


def test_a_change_and_its_entry_are_read_and_written_together(
    counted: tuple[Wiring, Costs], wiring: Wiring
) -> None:
    """The caller's sign-in and roles are read anew; then tenant, member, user, the audit's end."""
    instance, costs = counted
    tenant = unique("tenant")
    wiring.tenants.put_tenant(tenant, tenant, "T", ["SMP"])
    owner, other = sign_in(wiring), sign_in(wiring)
    wiring.tenants.put_member(Member(tenant, str(owner.user_id), ("owner",)))
    with costing(costs) as spent:
        instance.members.put(owner, tenant, str(other.user_id), ["viewer"], None)
    assert spent.as_tuple() == (4, 7, 6)
    assert (spent.written["entries"], spent.written["users"]) == (1, 1)
    with costing(costs) as again:
        instance.members.put(owner, tenant, str(other.user_id), ["editor"], None)
    assert (again.written["entries"], again.written["users"]) == (1, 0)


def test_a_role_changes_at_the_same_cost_however_many_have_it(
    counted: tuple[Wiring, Costs], wiring: Wiring
) -> None:
    instance, costs = counted
    tenant = unique("tenant")
    wiring.tenants.put_tenant(tenant, tenant, "T", ["SMP"])
    owner = sign_in(wiring)
    wiring.tenants.put_member(Member(tenant, str(owner.user_id), ("owner",)))
    for number in range(20):
        wiring.tenants.put_member(Member(tenant, f"u{number}", ("waiter",)))
    with costing(costs) as spent:
        instance.role_book.put_role(owner, tenant, "waiter", Role((), ("viewer",)))
    assert spent.as_tuple() == (4, 5, 4)
