"""A user's sessions: listed, ended one by one, and all at once."""

from datetime import timedelta

import pytest

from shared.kernel.errors import NotFound, SessionRevoked
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.auth.conftest import Instances, sign_in
from tests.emulator.auth.sessions import begin, caller, refused
from tests.emulator.conftest import SetClock


def test_sessions_are_listed_for_their_user_newest_first_in_pages(wiring: Wiring) -> None:
    me = sign_in(wiring)
    begun = [begin(wiring, me).session.session_id for _ in range(5)]
    begin(wiring)
    found, cursor = [], None
    for _ in range(3):
        page = wiring.session_list.page(me, 2, cursor)
        found += [session.session_id for session in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (begun[::-1], None)


def test_one_session_is_ended_and_the_others_live(wiring: Wiring) -> None:
    me = sign_in(wiring)
    gone, stays = begin(wiring, me), begin(wiring, me)
    wiring.session_list.end(me, gone.session.session_id)
    wiring.session_list.end(me, gone.session.session_id)
    assert refused(wiring, gone) == "session_ended"
    assert caller(wiring, stays) == me
    assert [s.session_id for s in wiring.session_list.page(me, 10, None).items] == [
        stays.session.session_id
    ]


def test_the_current_session_is_that_of_the_token(wiring: Wiring) -> None:
    me = sign_in(wiring)
    gone = begin(wiring, me)
    wiring.session_list.end(caller(wiring, gone), "current")
    assert refused(wiring, gone) == "session_ended"
    with pytest.raises(NotFound):
        wiring.session_list.end(me, "current")


def test_nobody_ends_somebody_else_s(wiring: Wiring) -> None:
    granted = begin(wiring)
    for session_id in (granted.session.session_id, unique("session")):
        with pytest.raises(NotFound):
            wiring.session_list.end(sign_in(wiring), session_id)
    assert caller(wiring, granted)


def test_signing_out_everywhere_ends_what_was_made_in_the_same_second(
    wiring: Wiring, instances: Instances, clock: SetClock
) -> None:
    clock.moment = wiring.clock().replace(microsecond=0)
    uid = unique("uid")
    old = unsigned_token(claims(clock.moment, sub=uid))
    me = wiring.auth.caller_with_token(old)
    sessions = [begin(wiring, me), begin(wiring, me)]
    clock.moment += timedelta(milliseconds=900)
    wiring.session_list.end_all(me)
    for instance in (wiring, *instances(1)):
        assert {refused(instance, granted) for granted in sessions} == {"epoch:sessions"}
        with pytest.raises(SessionRevoked):
            instance.auth.caller_with_token(old)
    clock.moment += timedelta(milliseconds=100)
    again = wiring.auth.caller_with_token(unsigned_token(claims(clock.moment, sub=uid)))
    assert caller(wiring, begin(wiring, again)) == me


def test_who_signed_out_elsewhere_begins_no_session_where_they_are_remembered(
    wiring: Wiring, instances: Instances
) -> None:
    here = instances(1)[0]
    token = unsigned_token(claims(wiring.clock(), sub=unique("uid")))
    remembered = here.auth.caller_with_token(token)
    wiring.session_list.end_all(remembered)
    assert here.auth.caller_with_token(token) == remembered
    with pytest.raises(SessionRevoked):
        begin(here, remembered)
