"""The steps of the demo: each does one thing, sees that it happened, and says so."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from google.cloud import firestore

from scripts.suite.api import Answer, Api
from scripts.suite.environment import MEMBERS, suite_environment
from scripts.suite.identities import Person, sign_in, sign_up
from scripts.suite.menu_story import change_a_menu
from scripts.suite.seed import PASSWORD, people
from scripts.suite.stage import Story, require, say
from scripts.suite.tick import tick
from shared.auth.models import Member
from shared.kernel.settings import read_settings
from shared.tokens.commands import Deduct
from shared.tokens.periods import open_account
from shared.tokens.rules import apply
from shared.wiring import Wiring

APP, BACKOFFICE = MEMBERS["app"], MEMBERS["bo"]


def steps() -> Sequence[tuple[str, Callable[[Story], None]]]:
    return (
        ("1. One person, two projects", sign_in_twice),
        ("2. Tokens, spent until they run out", spend_everything),
        ("3. One case, two projects", mirror_a_case),
        ("4. A billing cycle ends", refresh_a_cycle),
        ("5. One menu, two products", change_a_menu),
    )


def sign_in_twice(story: Story) -> None:
    owner, same_owner = (p for p in people() if (p.role, p.tenant_id) == ("owner", "refugio"))
    app, backoffice = (Api.with_token(sign_in(person)) for person in (owner, same_owner))
    first = story.timed("GET /auth/me with the app's token", lambda: app.get("/auth/me"))
    second = story.timed(
        "GET /auth/me with the backoffice's token", lambda: backoffice.get("/auth/me")
    )
    say(f"{owner.email} signs in to {owner.project}: {_user(first)}")
    say(f"{same_owner.email} signs in to {same_owner.project}: {_user(second)}")
    require(_user(first) == _user(second), "one person is one user in both projects")
    say(f"The same user, {second.body['roles'][0]} of {second.body['tenants'][0]['tenantId']}.")


def spend_everything(story: Story) -> None:
    api = Api.with_token(sign_in(_newcomer(story, "spender")))
    account = story.timed("GET /tokens/balance", lambda: api.get("/tokens/balance")).body
    say(f"A new account, tier {account['tier']}: {account['totalAvailable']} tokens.")
    for amount in (70, 20, 10):
        spent = story.timed(f"POST /tokens/deduct {amount}", lambda: _deduct(api, amount))  # noqa: B023  # called at once
        require(spent.status == 201, f"spending {amount}: {spent.body}")
        say(f"Spent {amount}; {spent.body['balance']['totalAvailable']} are left.")
    refused = _deduct(api, 1)
    require(refused.status == 402, "an empty account refuses")
    say(f"One more is refused: {refused.status} {refused.body['code']}, {refused.body['detail']}")
    for event_type in ("token_low", "token_depleted"):
        event = story.awaited(event_type, lambda: _event(api, event_type, account["accountId"]))  # noqa: B023  # called at once
        say(f"The event {event['eventType']} is there: {event['payload']['remainingTokens']} left.")


def mirror_a_case(story: Story) -> None:
    app, backoffice = (_case(project, f"case-{story.name}") for project in (APP, BACKOFFICE))
    app.set({"tenantId": "refugio", "name": "Luna", "status": "new"})
    say(f"A case is written in {APP}: Luna, new.")
    story.awaited("case, app to backoffice", lambda: _has(backoffice, "status", "new"))
    backoffice.update({"status": "in treatment"})
    say(f"It is in {BACKOFFICE}; there somebody sets it to in treatment.")
    story.awaited("edit, backoffice to app", lambda: _has(app, "status", "in treatment"))
    say(f"The edit came back to {APP}.")
    app.delete()
    story.awaited("delete, app to backoffice", lambda: _is_gone(backoffice))
    say(f"It is deleted in {APP}, and gone from {BACKOFFICE}.")


def refresh_a_cycle(story: Story) -> None:
    wiring = Wiring(read_settings(suite_environment()))
    account_id = _account_of_last_month(wiring, f"demo-{story.name}")
    say("An account of last month has 10 of 100 included tokens left, and 40 bought ones.")
    require(tick(["refresh_billing_cycles"]) == 0, "the schedule runs")
    after = story.awaited("cycle refresh", lambda: _refreshed(wiring, account_id))
    kept = (after["includedTokens"], after["totalUsedTokens"], after["purchasedTokens"])
    say(f"Its cycle is refreshed: {kept[0]} included, {kept[1]} used, {kept[2]} bought.")
    require(kept == (100, 0, 40), f"included tokens are restored, bought ones kept: {kept}")
    owner = Api.with_token(sign_in(people()[0]))
    story.awaited(
        "billing_cycle_refreshed", lambda: _event(owner, "billing_cycle_refreshed", account_id)
    )
    say("The event billing_cycle_refreshed went out.")


def _user(answer: Answer) -> str:
    require(answer.status == 200, f"/auth/me answered {answer.status}: {answer.body}")
    user_id: str = answer.body["userId"]
    return user_id


def _newcomer(story: Story, who: str) -> Person:
    """Somebody new in the app, an editor of the shelter."""
    email = f"{who}-{story.name}@refugio.example"
    person = Person(email, PASSWORD, APP, "refugio", "editor")
    sign_up(person, display_name=who)
    wiring = Wiring(read_settings(suite_environment()))
    user_id = wiring.auth.caller_with_token(sign_in(person)).user_id or ""
    wiring.tenants.put_member(Member("refugio", user_id, ("editor",)))
    return person


def _deduct(api: Api, amount: int) -> Answer:
    return api.post("/tokens/deduct", {"amount": amount, "taskType": "chat"})


def _event(api: Api, event_type: str, subject: str) -> Mapping[str, Any] | None:
    found = api.pages(f"/ecosystem/events?types={event_type}")
    return next((event for event in found if event["subject"] == subject), None)


def _case(project: str, name: str) -> firestore.DocumentReference:
    return firestore.Client(project=project).collection("cases").document(name)


def _has(case: firestore.DocumentReference, name: str, value: str) -> bool | None:
    found = case.get().to_dict()
    return True if found and found.get(name) == value else None


def _is_gone(case: firestore.DocumentReference) -> bool | None:
    return None if case.get().exists else True


def _account_of_last_month(wiring: Wiring, account_id: str) -> str:
    start = wiring.clock() - timedelta(days=40)
    fresh = open_account(account_id, "free", wiring.policy, start, start, organization_id="refugio")
    wiring.tokens.open(apply(fresh, Deduct("last month", 90), wiring.policy, start).account)
    wiring.hub.collection("token_balances").document(account_id).update({"purchasedTokens": 40})
    return account_id


def _refreshed(wiring: Wiring, account_id: str) -> dict[str, Any] | None:
    found = wiring.hub.collection("token_balances").document(account_id).get().to_dict() or {}
    return found if found["nextRefreshDate"] > wiring.clock() else None
