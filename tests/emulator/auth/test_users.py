"""Who somebody is: one person for one verified e-mail, whichever project they sign in to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.kernel.errors import SessionRevoked, StaleSignIn
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import Instances, sign_in


def mailbox(name: str = "") -> str:
    return f"{name}{unique('mail')}@x.example"


def users_with(wiring: Wiring, email: str) -> int:
    field = FieldFilter("profile.email", "==", email)
    return len(wiring.hub.collection("users").where(filter=field).get())


def test_a_new_identity_is_a_new_user_and_stays_it(wiring: Wiring, instances: Instances) -> None:
    me = unique("uid")
    first = sign_in(wiring, sub=me, email=mailbox(), name="Me")
    assert sign_in(wiring, sub=me) == first
    assert sign_in(instances(1)[0], sub=me) == first
    profile = wiring.auth.profile(first)
    assert (profile.user.display_name, profile.tenants) == ("Me", [])


def test_one_verified_email_in_two_projects_is_one_user(wiring: Wiring) -> None:
    mail = mailbox()
    app = sign_in(wiring, email=mail, email_verified=True)
    backoffice = sign_in(wiring, project="demo-bo", email=mail, email_verified=True)
    assert backoffice == app
    found = wiring.auth.profile(app).user.identities
    assert {identity.project for identity in found} == {"demo-app", "demo-bo"}
    assert users_with(wiring, mail) == 1


def test_the_case_of_an_email_makes_no_difference(wiring: Wiring) -> None:
    mail = mailbox()
    one = sign_in(wiring, email=mail, email_verified=True)
    assert sign_in(wiring, email=mail.upper(), email_verified=True) == one


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("k", "\u212a"),  # the Kelvin sign, which folds to k
        ("ss", "ß"),
        ("i", "\u0130"),
        ("e", "é"),
        ("é", "É"),
        ("a", "\u0430"),  # Cyrillic
        ("a", "a\u200b"),
        ("a", " a"),
    ],
)
def test_an_email_that_only_looks_the_same_is_another(
    wiring: Wiring, mine: str, theirs: str
) -> None:
    rest = mailbox()
    victim = sign_in(wiring, email=mine + rest, email_verified=True)
    assert sign_in(wiring, email=theirs + rest, email_verified=True) != victim


@pytest.mark.parametrize("second_verified", [False, "true", 1, None])
def test_an_unverified_email_links_to_nobody(wiring: Wiring, second_verified: Any) -> None:
    mail = mailbox()
    victim = sign_in(wiring, email=mail, email_verified=True)
    attacker = sign_in(wiring, project="demo-bo", email=mail, email_verified=second_verified)
    assert attacker != victim
    assert len(wiring.auth.profile(victim).user.identities) == 1


def test_an_unverified_email_that_came_first_takes_nothing_from_its_owner(wiring: Wiring) -> None:
    mail = mailbox()
    squatter = sign_in(wiring, email=mail, email_verified=False)
    owner = sign_in(wiring, project="demo-bo", email=mail, email_verified=True)
    assert owner != squatter
    assert sign_in(wiring, project="demo-ai", email=mail, email_verified=True) == owner


def test_the_same_subject_in_two_projects_is_two_people(wiring: Wiring) -> None:
    me = unique("uid")
    assert sign_in(wiring, sub=me) != sign_in(wiring, sub=me, project="demo-bo")


def test_a_stale_sign_in_links_to_nobody_and_writes_nothing(wiring: Wiring) -> None:
    mail, stale = mailbox(), unique("uid")
    owner = sign_in(wiring, email=mail, email_verified=True)
    ago = timedelta(minutes=5, seconds=2)
    with pytest.raises(StaleSignIn) as refused:
        sign_in(wiring, ago, sub=stale, email=mail, email_verified=True)
    assert "insufficient_user_authentication" in refused.value.headers["WWW-Authenticate"]
    assert len(wiring.auth.profile(owner).user.identities) == 1
    field = FieldFilter("subject", "==", stale)
    assert wiring.hub.collection("identities").where(filter=field).get() == []


def test_signed_in_anew_the_same_person_is_linked(wiring: Wiring) -> None:
    mail, me = mailbox(), unique("uid")
    owner = sign_in(wiring, email=mail, email_verified=True)
    stated: dict[str, Any] = {
        "sub": me,
        "project": "demo-bo",
        "email": mail,
        "email_verified": True,
    }
    with pytest.raises(StaleSignIn):
        sign_in(wiring, timedelta(hours=1), **stated)
    assert sign_in(wiring, **stated) == owner
    assert sign_in(wiring, timedelta(hours=1), **stated) == owner


def test_a_new_user_needs_no_fresh_sign_in(wiring: Wiring) -> None:
    assert sign_in(wiring, timedelta(days=30), email=mailbox(), email_verified=True).user_id


@pytest.mark.parametrize("sub", ["a/../b", "__x__", ".", "..", "a/b/c", "\0", "é😀"])
def test_a_subject_is_never_a_path(wiring: Wiring, sub: str) -> None:
    caller = sign_in(wiring, sub=sub)
    assert len(caller.user_id or "") == 32
    assert sign_in(Wiring(wiring.settings, wiring.clock), sub=sub) == caller


def test_twenty_instances_that_see_somebody_first_register_one_user(
    wiring: Wiring, instances: Instances
) -> None:
    me, mail = unique("uid"), mailbox()
    stated: dict[str, Any] = {"sub": me, "email": mail, "email_verified": True}
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda one: sign_in(one, **stated), instances(20)))
    assert len(set(found)) == 1
    assert users_with(wiring, mail) == 1
    assert len(wiring.auth.profile(found[0]).user.identities) == 1


def test_many_identities_of_one_email_that_race_end_as_one_user(
    wiring: Wiring, instances: Instances
) -> None:
    mail = mailbox()
    people = [{"sub": unique("uid"), "project": p} for p in ("demo-app", "demo-bo", "demo-ai")] * 7
    with ThreadPoolExecutor(21) as threads:
        racing = threads.map(
            lambda one, who: sign_in(one, email=mail, email_verified=True, **who),
            instances(21),
            people,
        )
    found = set(racing)
    assert len(found) == 1
    assert users_with(wiring, mail) == 1
    assert len(wiring.auth.profile(found.pop()).user.identities) == 3


@pytest.mark.parametrize("fields", [{"disabled": True}, {"status": "merged"}, None])
def test_an_instance_that_never_saw_a_user_knows_at_once_how_they_stand(
    wiring: Wiring, instances: Instances, fields: dict[str, Any] | None
) -> None:
    me = unique("uid")
    document = wiring.hub.document(f"users/{sign_in(wiring, sub=me).user_id}")
    document.update(fields) if fields else document.delete()
    with pytest.raises(SessionRevoked):
        sign_in(instances(1)[0], sub=me)


@pytest.mark.parametrize("gone", ["identities", "identityNames"])
def test_where_a_user_s_list_is_not_whole_the_identity_s_own_record_says_whose_it_is(
    wiring: Wiring, instances: Instances, gone: str
) -> None:
    me = unique("uid")
    caller = sign_in(wiring, sub=me)
    wiring.hub.document(f"users/{caller.user_id}").update({gone: []})
    assert sign_in(instances(1)[0], sub=me) == caller


@pytest.mark.parametrize("odd", [None, "text", 7, [7], [{"issuer": "x"}], {"email": 7}])
@pytest.mark.parametrize("of", ["identities", "profile"])
def test_whoever_has_a_document_of_another_writer_is_known_and_can_mend_their_profile(
    wiring: Wiring, instances: Instances, of: str, odd: Any
) -> None:
    me = unique("uid")
    caller = sign_in(wiring, sub=me)
    wiring.hub.document(f"users/{caller.user_id}").update({of: odd})
    here = instances(1)[0]
    assert sign_in(here, sub=me) == caller
    here.users.change_profile(str(caller.user_id), {"displayName": "Ana"}, wiring.clock())
    assert here.auth.profile(caller).user.display_name == "Ana"


def test_an_earlier_sign_in_is_over_at_once_where_nothing_is_remembered(
    wiring: Wiring, instances: Instances
) -> None:
    me, ago = unique("uid"), timedelta(minutes=1)
    caller = sign_in(wiring, ago, sub=me)
    wiring.session_list.end_all(caller)
    for instance in (wiring, *instances(1)):
        with pytest.raises(SessionRevoked):
            sign_in(instance, ago, sub=me)
        assert sign_in(instance, sub=me) == caller


def test_a_user_who_is_gone_has_no_session(wiring: Wiring) -> None:
    caller = sign_in(wiring)
    wiring.hub.collection("users").document(str(caller.user_id)).delete()
    with pytest.raises(SessionRevoked):
        wiring.auth.profile(caller)
