"""Where a member's trigger listens in the local suite."""

from scripts.suite.environment import HUB, MEMBERS
from scripts.suite.members import move, register
from tests.emulator.delivery.conftest import FUNCTIONS, Estate
from tests.emulator.delivery.test_redelivery import eventually


def test_a_trigger_hears_each_top_level_document_of_members_and_none_of_the_hub(
    mirrored: Estate,
) -> None:
    capture, host = FUNCTIONS["capture_change"], mirrored.firestore_host
    register(capture, HUB, host)  # as firebase-tools does
    move(capture, host)
    taken = len(mirrored.relay.taken)
    for project in (HUB, *MEMBERS.values()):
        for path in ("menus/1", "menus/1/parts/1"):
            mirrored.client(project).document(path).set({})
    eventually(lambda: len(mirrored.relay.taken) >= taken + len(MEMBERS))
    mirrored.relay.settle()
    called = [post.path.split("/")[3] for post in mirrored.relay.taken[taken:]]
    assert called == list(MEMBERS.values())
