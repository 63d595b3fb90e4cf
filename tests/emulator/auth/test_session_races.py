"""One refresh token in many hands at once, in threads and in processes: one living successor."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from scripts.suite.paths import ROOT
from shared.auth.audit import AuditStore, book_of_user
from shared.auth.models import Caller
from shared.auth.sessions import Granted
from shared.kernel.errors import SessionRevoked
from shared.wiring import Wiring
from tests.emulator.auth.conftest import sign_in
from tests.emulator.auth.sessions import HERE, begin, caller, refresh, refused

AT_ONCE = 50
PROCESSES = 5
RACER = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from shared.kernel.settings import read_settings
from shared.wiring import Wiring

instances = [Wiring(read_settings(os.environ)) for _ in range(10)]
for instance in instances:
    instance.sessions
    instance.hub.document("none/none").get()
print("ready", flush=True)
sys.stdin.readline()
token = sys.argv[1]
with ThreadPoolExecutor(10) as threads:
    tokens = threads.map(lambda i: i.sessions.refresh(token, None, "here").refresh_token, instances)
    print(*set(tokens), flush=True)
"""


def require_one_successor(wiring: Wiring, first: Granted, found: set[str]) -> None:
    """And the session lives on by it alone."""
    (successor,) = found
    stored = wiring.hub.document(f"sessions/{first.session.session_id}").get().to_dict() or {}
    assert (stored["counter"], stored["status"]) == (1, "active")
    third = wiring.sessions.refresh(successor, None, HERE)
    assert caller(wiring, third).user_id == first.session.user_id
    with pytest.raises(SessionRevoked):
        refresh(wiring, first)
    assert refused(wiring, third) == "session_ended"


def test_fifty_threads_get_one_successor(
    wiring: Wiring, instances: Callable[[int], list[Wiring]]
) -> None:
    first, racing = begin(wiring), instances(AT_ONCE)
    for instance in racing:
        assert instance.sessions
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = set(threads.map(lambda one: refresh(one, first).refresh_token, racing))
    require_one_successor(wiring, first, found)


def test_fifty_that_queue_for_one_instance_get_one_successor(wiring: Wiring) -> None:
    """As the framework serves them: whoever waits for a thread arrives after others were done."""
    first = begin(wiring)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: refresh(wiring, first).refresh_token, range(AT_ONCE)))
    require_one_successor(wiring, first, found)


def test_fifty_threads_of_five_processes_get_one_successor(wiring: Wiring) -> None:
    first = begin(wiring)
    command = [sys.executable, "-c", RACER, first.refresh_token]
    racers = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60)[0].split() for racer in racers]
    require_one_successor(wiring, first, {token for answer in answers for token in answer})


def test_sessions_that_are_ended_at_once_are_all_ended_and_told_of(wiring: Wiring) -> None:
    """They meet at the end of their user's audit."""
    me = sign_in(wiring)
    sessions = [begin(wiring, me) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: end(wiring, me, one), sessions))
    assert {refused(wiring, one) for one in sessions} == {"session_ended"}
    assert told(wiring, me, "session.end") == 8


def test_sessions_that_are_abused_at_once_are_all_ended_and_told_of(wiring: Wiring) -> None:
    me = sign_in(wiring)
    sessions = [begin(wiring, me) for _ in range(8)]

    def abuse(one: Granted) -> None:
        with pytest.raises(SessionRevoked):
            wiring.sessions.refresh(one.refresh_token, "demo-bo", HERE)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(abuse, sessions))
    assert {refused(wiring, one) for one in sessions} == {"session_ended"}
    assert told(wiring, me, "session.abuse.refresh_audience") == 8


def end(wiring: Wiring, me: Caller, one: Granted) -> None:
    wiring.session_list.end(me, one.session.session_id)


def told(wiring: Wiring, me: Caller, action: str) -> int:
    entries = AuditStore(wiring.hub).page(book_of_user(str(me.user_id)), 50, None)
    return len([entry for entry in entries if entry.act.action == action])
