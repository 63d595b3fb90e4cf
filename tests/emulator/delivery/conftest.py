"""Functions in processes of their own, behind a relay, between emulators of their own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from google.cloud import firestore

from scripts.suite.manifest import Function, functions
from scripts.suite.members import register
from scripts.suite.relay import jars
from scripts.suite.relay.relay import Relay, relaying
from tests.workers import Worker, working

SEED = int(os.environ.get("HYPHAE_RELAY_SEED", "1"))
HUB = "demo-relay-hub"
PAIR = ("demo-relay-left", "demo-relay-right")
TRIO = ("demo-relay-one", "demo-relay-two", "demo-relay-three")
FUNCTIONS = {function.name: function for function in functions()}


@dataclass
class Estate:
    """A hub and its members, of which each function runs in as many processes as asked for."""

    relay: Relay
    address: str
    firestore_host: str
    pubsub_host: str
    stack: ExitStack
    workers: dict[str, list[Worker]] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        members = ",".join(f"{p.removeprefix('demo-relay-')}={p}" for p in PAIR + TRIO)
        return {
            "HYPHAE_HUB": HUB,
            "HYPHAE_PROJECTS": members,
            "HYPHAE_SWEEP_PER_MINUTE": "60000",
            "FIRESTORE_EMULATOR_HOST": self.firestore_host,
            "PUBSUB_EMULATOR_HOST": self.pubsub_host,
        }

    def client(self, project: str) -> firestore.Client:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FIRESTORE_EMULATOR_HOST", self.firestore_host)
            return firestore.Client(project=project)

    def run(self, name: str, instances: int = 1) -> list[Worker]:
        """Instances of a function, to which the relay brings what triggers it."""
        made = [working(name, self.environment) for _ in range(instances)]
        workers = [self.stack.enter_context(worker) for worker in made]
        self.relay.targets[_trigger(FUNCTIONS[name])] = [worker.url for worker in workers]
        self.workers[name] = workers
        return workers

    def watch(self, name: str, *projects: str) -> None:
        """Trigger the function by the documents of these projects."""
        for project in projects:
            register(FUNCTIONS[name], project, self.firestore_host)

    def subscribe(self, name: str) -> None:
        """Trigger the function by its topic in the hub."""
        jars.subscribe(self.pubsub_host, HUB, _trigger(FUNCTIONS[name]), self.address)

    def wait_until_answering(self) -> None:
        for worker in [worker for workers in self.workers.values() for worker in workers]:
            worker.wait_until_answering()


def _trigger(function: Function) -> str:
    return function.topic or function.trigger_id


@pytest.fixture(scope="session")
def estate() -> Iterator[Estate]:
    """Emulators and a relay; nothing is triggered yet."""
    with ExitStack() as stack:
        relay, address = stack.enter_context(relaying(SEED))
        firestore_host = stack.enter_context(jars.firestore(address))
        pubsub_host = stack.enter_context(jars.pubsub())
        yield Estate(relay, address, firestore_host, pubsub_host, stack)


@pytest.fixture(scope="session")
def mirrored(estate: Estate) -> Estate:
    """Cases are mirrored between the two of the pair, and between the three of the trio."""
    routes = estate.client(HUB).collection("sync_routes")
    for number, (source, target) in enumerate(_pairs()):
        ends = {"source": _cases(source), "target": _cases(target)}
        about = {"direction": "both", "tenantField": "tenantId", "enabled": True}
        routes.document(str(number)).set(ends | about)
    estate.run("capture_change")
    estate.run("apply_change", 2)
    estate.watch("capture_change", *PAIR, *TRIO)
    estate.subscribe("apply_change")
    estate.wait_until_answering()
    return estate


def _pairs() -> list[tuple[str, str]]:
    one, two, three = TRIO
    return [(PAIR[0], PAIR[1]), (one, two), (two, three), (one, three)]


def _cases(project: str) -> dict[str, str]:
    return {"project": project, "collection": "cases"}
