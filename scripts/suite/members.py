"""Member projects' triggers: the suite registers all of them, for its own project only."""

from scripts.suite import manifest
from scripts.suite.console import Refusal
from scripts.suite.environment import HUB, MEMBERS
from scripts.suite.http import call
from scripts.suite.manifest import Function

FIRESTORE = "127.0.0.1:8080"
NOTHING = "_nothing/{documentId}"  # no document has such a path: a trigger can be set, not removed


def register_triggers() -> None:
    for function in manifest.functions():
        if function.for_members:
            move(function)


def move(function: Function, host: str = FIRESTORE) -> None:
    """Call it for the documents of each member, and for none of the hub's."""
    for project in MEMBERS.values():
        register(function, project, host)
    register(function, HUB, host, NOTHING)


def register(
    function: Function, project: str, host: str = FIRESTORE, documents: str | None = None
) -> None:
    """By its own pattern of documents unless told another; the last one of a project holds."""
    trigger = {
        "eventType": function.event["eventType"],
        "database": function.event["eventFilters"]["database"],
        "namespace": function.event["eventFilters"]["namespace"],
        "document": {"value": documents or function.document, "matchType": "PATH_PATTERN"},
    }
    place = f"http://{host}/emulator/v1/projects/{project}/eventarcTrigger"
    status, answer = call("POST", f"{place}?eventarcTriggerId={function.trigger_id}", trigger)
    if status != 200:
        raise Refusal(f"{function.name} was not registered for {project}: {answer.decode()[:200]}")
