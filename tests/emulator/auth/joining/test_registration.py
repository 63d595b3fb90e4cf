"""A new user comes with all that belongs to one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.audit import AuditStore, book_of_user
from shared.auth.models import Identity, Member
from shared.auth.registration import Registration
from shared.tokens.access import opening
from shared.tokens.commands import Deduct
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import Instances, sign_in
from tests.emulator.told import messages_of


def told_of(wiring: Wiring, user_id: str) -> list[dict[str, Any]]:
    field = FieldFilter("subject", "==", user_id)
    found = wiring.hub.collection("ecosystem_events").where(filter=field).get()
    return [snapshot.to_dict() or {} for snapshot in found]


def there(wiring: Wiring, path: str) -> bool:
    return bool(wiring.hub.document(path).get().exists)


def test_a_new_user_comes_with_an_account_and_is_told_of_once(
    wiring: Wiring, instances: Instances
) -> None:
    me = unique("uid")
    with ThreadPoolExecutor(20) as threads:
        found = set(threads.map(lambda one: sign_in(one, sub=me), instances(20)))
    (caller,) = found
    user_id = str(caller.user_id)
    (event,) = told_of(wiring, user_id)
    assert (event["eventType"], event["source"]) == ("user_registered", "hyphae")
    assert event["payload"] == {"userId": user_id, "project": "demo-app", "tenantId": None}
    assert wiring.tokens.balance(user_id, wiring.tokens.free(lambda _: None)).available == 100


def test_those_of_a_project_with_a_home_belong_there(wiring: Wiring, home: str) -> None:
    caller = sign_in(wiring, project="demo-ai")
    (member,) = wiring.auth.profile(caller).tenants
    assert (member.tenant_id, member.roles) == (home, ("viewer",))
    (event,) = told_of(wiring, str(caller.user_id))
    assert event["tenantId"] == home
    account = wiring.hub.document(f"token_balances/{caller.user_id}").get().to_dict() or {}
    assert account["organizationId"] == home


@pytest.mark.parametrize("part", range(3))
def test_where_a_part_cannot_be_stored_there_is_no_user(wiring: Wiring, part: int) -> None:
    """Whichever document is in the way: all or nothing."""
    made: list[tuple[str, str]] = []

    def in_the_way(user_id: str, identity: Identity, tenant: str | None, now: Any) -> Any:
        documents = wiring._welcome(user_id, identity, "t", now)
        paths = [path for path, _ in documents]
        made.extend((user_id, path) for path in paths)
        wiring.hub.document(paths[part]).set({"in": "the way"})
        return documents

    registration = Registration(wiring.users, {}, in_the_way, wiring.clock, wait=lambda _: None)
    identity = Identity("https://x.example", unique("uid"), "demo-app", wiring.clock())
    with pytest.raises(Exception, match="try again"):
        registration.user_of(identity)
    assert wiring.users.known(identity) is None
    blocked = {path for index, (_, path) in enumerate(made) if index % 3 == part}
    for user_id, path in made:
        assert not there(wiring, f"users/{user_id}")
        assert there(wiring, path) is (path in blocked)


def test_an_administrator_opens_what_only_registration_has_opened_and_once(
    wiring: Wiring,
) -> None:
    user_id = str(sign_in(wiring).user_id)

    def prepared(tier: str) -> bool:
        return wiring.tokens.open(wiring.account_admin.prepared(user_id, tier, "UTC", None))

    assert (prepared("pro"), prepared("business")) == (True, False)
    balance = wiring.tokens.balance(user_id, wiring.tokens.free(lambda _: None))
    assert (balance.tier, balance.available) == ("pro", 10_000)


def test_a_newcomers_home_is_told_of_in_their_audit(wiring: Wiring, home: str) -> None:
    who = sign_in(wiring, project="demo-ai")
    (entry,) = AuditStore(wiring.hub).page(book_of_user(str(who.user_id)), 10, None)
    assert (entry.act.action, entry.act.details["joined"]) == ("identity.register", [home])


def test_a_first_deduction_is_of_the_tenant_that_its_user_joined_after_registering(
    wiring: Wiring,
) -> None:
    """What happens to the account is then told to that tenant, and no longer changes sides."""
    who, tenant = sign_in(wiring), unique("tenant")
    wiring.tenants.put_member(Member(tenant, str(who.user_id), ("editor",)))
    opens = opening(wiring.auth, wiring.tokens, who)
    wiring.tokens.deduct(str(who.user_id), Deduct("key:first", 90), opens)
    stored = wiring.hub.document(f"token_balances/{who.user_id}").get().to_dict() or {}
    assert (stored["organizationId"], stored["totalUsedTokens"]) == (tenant, 90)
    (message,) = messages_of(wiring.hub, str(who.user_id))
    assert (message["eventType"], message["tenantId"]) == ("token_low", tenant)


def test_who_belongs_nowhere_deducts_all_the_same(wiring: Wiring) -> None:
    user_id = str(sign_in(wiring).user_id)
    wiring.tokens.execute(user_id, "deduct", Deduct("deduct", 1))
    stored = wiring.hub.document(f"token_balances/{user_id}").get().to_dict() or {}
    assert (stored.get("organizationId"), stored["totalUsedTokens"]) == (None, 1)
