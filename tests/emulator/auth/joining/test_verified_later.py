"""An e-mail that is verified later finds its user, and is given up when it is nobody's."""

from datetime import timedelta
from typing import Any

import pytest

from shared.auth.audit import AuditStore, book_of_user
from shared.auth.models import Caller
from shared.kernel.errors import SessionRevoked
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import sign_in
from tests.emulator.conftest import SetClock


def mailbox() -> str:
    return f"{unique('mail')}@x.example"


def owner_of(wiring: Wiring, mail: str) -> str | None:
    return wiring.users.claim(mail).user_id


def later(wiring: Wiring, clock: SetClock, **stated: Any) -> Caller:
    """Signed in anew, on an instance that remembers nothing."""
    clock.moment = wiring.clock() + timedelta(seconds=30)
    return sign_in(Wiring(wiring.settings, clock), **stated)


def strangers(wiring: Wiring, mail: str, uid: str) -> tuple[Caller, Caller]:
    """Whose an e-mail is, and who says elsewhere, under this name, that it is theirs."""
    owner = sign_in(wiring, email=mail, email_verified=True)
    return owner, sign_in(wiring, project="demo-bo", sub=uid, email=mail, email_verified=False)


def test_an_email_that_is_verified_later_is_claimed(wiring: Wiring, clock: SetClock) -> None:
    mail, me = mailbox(), unique("uid")
    first = sign_in(wiring, sub=me, email=mail, email_verified=False)
    assert owner_of(wiring, mail) is None
    assert later(wiring, clock, sub=me, email=mail, email_verified=True) == first
    assert owner_of(wiring, mail) == first.user_id
    assert later(wiring, clock, project="demo-bo", email=mail, email_verified=True) == first


def test_an_email_that_is_verified_later_finds_the_user_it_belongs_to(
    wiring: Wiring, clock: SetClock
) -> None:
    mail, uid = mailbox(), unique("uid")
    owner, stray = strangers(wiring, mail, uid)
    assert stray != owner
    session = wiring.sessions.begin(stray, "demo-bo", None, "here")
    found = later(wiring, clock, project="demo-bo", sub=uid, email=mail, email_verified=True)
    assert found == owner
    identities = wiring.auth.profile(owner).user.identities
    assert [(each.project, each.email_verified) for each in identities] == [
        ("demo-app", True),
        ("demo-bo", True),
    ]
    with pytest.raises(SessionRevoked):
        Wiring(wiring.settings, clock).auth.caller_with_token(session.access_token)


def test_who_an_identity_leaves_is_signed_out_of_what_it_began(
    wiring: Wiring, clock: SetClock
) -> None:
    """They stay who they are by another; nobody goes on as them who signs in as somebody else."""
    mine, theirs, uid = mailbox(), mailbox(), unique("uid")
    me = sign_in(wiring, email=mine, email_verified=True)
    them = sign_in(wiring, email=theirs, email_verified=True)
    assert sign_in(wiring, project="demo-bo", sub=uid, email=mine, email_verified=True) == me
    session = wiring.sessions.begin(me, "demo-bo", None, "here")
    stated = {"project": "demo-bo", "sub": uid, "email": theirs, "email_verified": True}
    assert later(wiring, clock, **stated) == them
    here = Wiring(wiring.settings, clock)
    with pytest.raises(SessionRevoked):
        here.auth.caller_with_token(session.access_token)
    with pytest.raises(SessionRevoked):
        here.sessions.refresh(session.refresh_token, None, "here")
    assert here.sessions.begin(me, "demo-app", None, "here").session.user_id == me.user_id


def test_an_identity_that_changes_hands_is_told_of_on_both_sides(
    wiring: Wiring, clock: SetClock
) -> None:
    mail, uid = mailbox(), unique("uid")
    owner, stray = strangers(wiring, mail, uid)
    later(wiring, clock, project="demo-bo", sub=uid, email=mail, email_verified=True)
    told = {
        str(who.user_id): AuditStore(wiring.hub).page(book_of_user(str(who.user_id)), 10, None)
        for who in (owner, stray)
    }
    actions = [[entry.act.action for entry in entries] for entries in told.values()]
    assert actions == [
        ["identity.restate", "identity.register"],
        ["identity.leave", "identity.register"],
    ]
    assert len({entries[0].act.target for entries in told.values()}) == 1


def test_a_stale_sign_in_changes_nothing(wiring: Wiring) -> None:
    mail, me = mailbox(), unique("uid")
    first = sign_in(wiring, sub=me, email=mail, email_verified=False)
    stale = timedelta(minutes=6)
    assert sign_in(wiring, stale, sub=me, email=mail, email_verified=True) == first
    assert owner_of(wiring, mail) is None
    assert sign_in(wiring, sub=me, email=mail, email_verified=True) == first
    assert owner_of(wiring, mail) == first.user_id


@pytest.mark.parametrize("verified", [True, False])
def test_an_email_that_was_changed_is_given_up(
    wiring: Wiring, clock: SetClock, verified: bool
) -> None:
    old, new, uid = mailbox(), mailbox(), unique("uid")
    me = sign_in(wiring, sub=uid, email=old, email_verified=True)
    assert later(wiring, clock, sub=uid, email=new, email_verified=verified) == me
    assert owner_of(wiring, old) is None
    assert owner_of(wiring, new) == (me.user_id if verified else None)
    assert wiring.auth.profile(me).user.email == new
    stranger = later(wiring, clock, email=old, email_verified=True)
    assert stranger != me


def test_an_email_is_kept_as_long_as_an_identity_proves_it(wiring: Wiring, clock: SetClock) -> None:
    mail, uid = mailbox(), unique("uid")
    me = sign_in(wiring, sub=uid, email=mail, email_verified=True)
    assert sign_in(wiring, project="demo-bo", email=mail.upper(), email_verified=True) == me
    assert later(wiring, clock, sub=uid, email=mailbox(), email_verified=True) == me
    assert owner_of(wiring, mail) == me.user_id


def test_the_email_of_who_was_deleted_is_anybody_s_who_proves_it(
    wiring: Wiring, clock: SetClock
) -> None:
    mail, uid = mailbox(), unique("uid")
    gone = sign_in(wiring, sub=uid, email=mail, email_verified=True)
    wiring.hub.document(f"users/{gone.user_id}").delete()
    new = later(wiring, clock, project="demo-bo", email=mail, email_verified=True)
    assert new != gone
    assert owner_of(wiring, mail) == new.user_id
    with pytest.raises(SessionRevoked):
        later(wiring, clock, sub=uid, email=mail, email_verified=True)
