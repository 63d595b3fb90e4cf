"""A letter reaches each of its recipients once, whoever dies when and however often it comes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import Member
from shared.kernel.errors import DependencyUnavailable
from shared.notifications.models import PUSH, AddressGone, Letter, Undeliverable
from shared.notifications.store import LEASE
from shared.wiring import Wiring
from tests.builders import NEW_YEAR, unique
from tests.emulator.conftest import SetClock
from tests.emulator.killed import Killed
from tests.emulator.notifications.conftest import Watched, kill, letter, linger, notifier

Person = Callable[..., str]


def stored(wiring: Wiring, sender: Watched) -> dict[str, object]:
    """What stands of the last notice that was sent."""
    return wiring.hub.document(f"notifications/{sender.sent[-1][1]}").get().to_dict() or {}


def only(wiring: Wiring, user_id: str) -> dict[str, object]:
    query = wiring.hub.collection("notifications").where(
        filter=FieldFilter("userId", "==", user_id)
    )
    (found,) = query.get()
    return found.to_dict() or {}


def deliver(wiring: Wiring, told: Letter, sender: Watched) -> str:
    try:
        notifier(wiring, sender).deliver(told)
    except DependencyUnavailable as later:
        return later.reason
    return "done"


def test_ten_deliveries_at_once_send_once(wiring: Wiring, person: Person, mail: Watched) -> None:
    told, mail.before = letter(person()), linger
    with ThreadPoolExecutor(10) as threads:
        outcomes = list(threads.map(lambda _: deliver(wiring, told, mail), range(10)))
    assert len(mail.sent) == 1
    assert "done" in outcomes
    assert set(outcomes) <= {"done", "1 unsent: being sent"}
    assert deliver(wiring, told, mail) == "done"
    assert len(mail.sent) == 1
    assert stored(wiring, mail)["status"] == "sent"


def test_a_crash_before_the_send_is_made_good_when_the_lease_ends(
    wiring: Wiring, person: Person, mail: Watched, clock: SetClock
) -> None:
    clock.moment, told, mail.before = NEW_YEAR, letter(person()), kill
    with pytest.raises(Killed):
        deliver(wiring, told, mail)
    mail.before = lambda _: None
    assert deliver(wiring, told, mail) == "1 unsent: being sent"
    assert mail.sent == []
    clock.moment = NEW_YEAR + LEASE
    assert [deliver(wiring, told, mail) for _ in range(2)] == ["done", "done"]
    assert len(mail.sent) == 1
    assert stored(wiring, mail)["attempts"] == 2


def test_a_crash_after_the_send_sends_again_under_the_same_id(
    wiring: Wiring, person: Person, mail: Watched, clock: SetClock
) -> None:
    clock.moment, told, mail.after = NEW_YEAR, letter(person()), kill
    with pytest.raises(Killed):
        deliver(wiring, told, mail)
    mail.after = lambda: None
    clock.moment = NEW_YEAR + LEASE
    assert [deliver(wiring, told, mail) for _ in range(2)] == ["done", "done"]
    assert len(mail.sent) == 2
    assert len(set(mail.sent)) == 1


def test_ten_that_find_a_lease_ended_send_once(
    wiring: Wiring, person: Person, mail: Watched, clock: SetClock
) -> None:
    clock.moment, told, mail.before = NEW_YEAR, letter(person()), kill
    with suppress(Killed):
        deliver(wiring, told, mail)
    clock.moment, mail.before = NEW_YEAR + LEASE, linger
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: deliver(wiring, told, mail), range(10)))
    assert len(mail.sent) == 1


def test_what_may_work_later_comes_again_and_need_not_wait(
    wiring: Wiring, person: Person, mail: Watched
) -> None:
    def busy(_: str) -> None:
        raise DependencyUnavailable(reason="smtp: 451")

    user_id = person()
    told, mail.before = letter(user_id), busy
    assert deliver(wiring, told, mail) == "1 unsent: smtp: 451"
    assert only(wiring, user_id)["cause"] == "smtp: 451"
    mail.before = lambda _: None
    assert deliver(wiring, told, mail) == "done"
    assert len(mail.sent) == 1


def test_what_can_never_work_is_noted_with_its_cause_and_not_tried_again(
    wiring: Wiring, person: Person, mail: Watched
) -> None:
    def refuse(_: str) -> None:
        raise Undeliverable("smtp: 550")

    user_id = person()
    told, mail.before = letter(user_id), refuse
    assert deliver(wiring, told, mail) == "done"
    mail.before = lambda _: None
    assert deliver(wiring, told, mail) == "done"
    assert mail.sent == []
    found = only(wiring, user_id)
    assert (found["status"], found["cause"]) == ("failed", "smtp: 550")


def test_a_device_that_is_gone_is_forgotten_and_the_others_are_told(
    wiring: Wiring, person: Person
) -> None:
    gone, there = unique("device"), unique("device")

    def refuse(address: str) -> None:
        if address == gone:
            raise AddressGone("fcm: unregistered")

    user_id, push = person(pushTokens=[gone, there]), Watched(PUSH)
    push.before = refuse
    assert deliver(wiring, letter(user_id), push) == "done"
    assert push.addresses == [there]
    settings = wiring.hub.document(f"users/{user_id}").get().get("settings")
    assert settings == {"pushTokens": [there]}


def test_whoever_wants_no_notifications_gets_none(
    wiring: Wiring, person: Person, mail: Watched
) -> None:
    push, user_id = Watched(PUSH), person(notifications=False, pushTokens=[unique("device")])
    notifier(wiring, mail, push).deliver(letter(user_id))
    assert mail.sent + push.sent == []


def test_one_without_an_address_is_no_failure(wiring: Wiring, mail: Watched) -> None:
    user_id = unique("user")
    assert deliver(wiring, letter(user_id), mail) == "done"
    wiring.hub.document(f"users/{user_id}").set({"profile": {"email": None}})
    assert deliver(wiring, letter(user_id), mail) == "done"
    assert mail.sent == []


def test_whoever_has_an_odd_document_is_not_told_and_stops_no_other(
    wiring: Wiring, person: Person, mail: Watched
) -> None:
    tenant, push = unique("tenant"), Watched(PUSH)
    rows: list[dict[str, object]] = [
        {"profile": "text", "settings": "text"},
        {"profile": {"email": 5}, "settings": {"pushTokens": 5}},
        {"profile": ["a"], "settings": {"pushTokens": "abc"}},
    ]
    for number, row in enumerate(rows):
        odd = f"0-odd-{number}-{tenant}"
        wiring.hub.document(f"users/{odd}").set(row)
        wiring.tenants.put_member(Member(tenant, odd, ("owner",)))
    user_id = person(pushTokens=["device"])
    wiring.tenants.put_member(Member(tenant, user_id, ("admin",)))
    notifier(wiring, mail, push).deliver(letter(f"org_{tenant}"))
    assert (mail.addresses, push.addresses) == ([f"{user_id}@example.org"], ["device"])


def test_a_pool_tells_its_owners_and_admins_and_one_failure_stops_no_other(
    wiring: Wiring, person: Person, mail: Watched
) -> None:
    tenant, people = unique("tenant"), {role: person() for role in ("owner", "admin", "viewer")}
    for role, user_id in people.items():
        wiring.tenants.put_member(Member(tenant, user_id, (role,)))

    def busy(address: str) -> None:
        if address.startswith(people["owner"]):
            raise DependencyUnavailable(reason="smtp: 451")

    told, mail.before = letter(f"org_{tenant}"), busy
    assert deliver(wiring, told, mail) == "1 unsent: smtp: 451"
    mail.before = lambda _: None
    assert deliver(wiring, told, mail) == "done"
    assert mail.addresses == sorted(f"{people[role]}@example.org" for role in ("owner", "admin"))


@pytest.mark.parametrize("of", ["member", "user"])
def test_whoever_is_suspended_is_told_nothing_of_a_pool(
    wiring: Wiring, person: Person, mail: Watched, of: str
) -> None:
    tenant, suspended, other = unique("tenant"), person(), person()
    for user_id in (suspended, other):
        wiring.tenants.put_member(Member(tenant, user_id, ("owner",)))
    path = {"member": f"tenants/{tenant}/members/{suspended}", "user": f"users/{suspended}"}[of]
    wiring.hub.document(path).update({"status": "suspended"})
    notifier(wiring, mail).deliver(letter(f"org_{tenant}"))
    assert mail.addresses == [f"{other}@example.org"]


def test_a_channel_that_hangs_keeps_no_other_waiting(
    wiring: Wiring, person: Person, mail: Watched
) -> None:
    push, pushed = Watched(PUSH), threading.Event()

    def hang(_: str) -> None:
        if not pushed.wait(5):
            raise Killed

    mail.before, push.after = hang, pushed.set
    notifier(wiring, mail, push).deliver(letter(person(pushTokens=[unique("device")])))
    assert (len(mail.sent), len(push.sent)) == (1, 1)


def test_a_notice_is_kept_for_a_while(
    wiring: Wiring, person: Person, mail: Watched, clock: SetClock
) -> None:
    clock.moment = NEW_YEAR
    deliver(wiring, letter(person()), mail)
    assert stored(wiring, mail)["expiresAt"] == NEW_YEAR + timedelta(days=30)
