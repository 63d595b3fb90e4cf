"""Member projects' triggers: the suite registers those of its own project only."""

from scripts.suite import manifest
from scripts.suite.console import Refusal
from scripts.suite.environment import MEMBERS
from scripts.suite.http import call
from scripts.suite.manifest import Function

FIRESTORE = "127.0.0.1:8080"


def register_triggers() -> None:
    captures = [function for function in manifest.functions() if function.for_members]
    for project in MEMBERS.values():
        for function in captures:
            register(function, project)


def register(function: Function, project: str, host: str = FIRESTORE) -> None:
    trigger = {
        "eventType": function.event["eventType"],
        "database": function.event["eventFilters"]["database"],
        "namespace": function.event["eventFilters"]["namespace"],
        "document": {"value": function.document, "matchType": "PATH_PATTERN"},
    }
    place = f"http://{host}/emulator/v1/projects/{project}/eventarcTrigger"
    status, answer = call("POST", f"{place}?eventarcTriggerId={function.trigger_id}", trigger)
    if status != 200:
        raise Refusal(f"{function.name} was not registered for {project}: {answer.decode()[:200]}")
