"""A write in one project to its sight in the other, against a bare chain of the same hops."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

from google.cloud import firestore

from scripts.suite.benches._servers import served
from scripts.suite.manifest import functions
from scripts.suite.members import register
from scripts.suite.paths import ROOT
from scripts.suite.ports import free_port
from scripts.suite.relay import jars

ROUNDS = 100
WARM_UP = 20
PAUSE_SECONDS = 0.05  # so that what one chain does afterwards does not slow the other
PATIENCE_SECONDS = 10
HUB, LEFT, RIGHT = "demo-lag-hub", "demo-lag-left", "demo-lag-right"
TOPIC = "document-changes"
PEER = ROOT / "scripts" / "suite" / "benches" / "peers" / "bare_chain.py"
CASE = {"tenantId": "t", "name": "Luna", "status": "new", "age": 3, "tags": ["shy", "black"]}


@dataclass
class Chain:
    """Trigger, publish, push, write: each function in a process of its own."""

    source: firestore.CollectionReference
    target: firestore.CollectionReference
    created: list[float] = field(default_factory=list)
    updated: list[float] = field(default_factory=list)

    @property
    def lags(self) -> list[float]:
        return self.created[WARM_UP:] + self.updated[WARM_UP:]

    def measure(self, name: str) -> None:
        self.created.append(self._lag(name, {**CASE, "round": 1}))
        self.updated.append(self._lag(name, {**CASE, "round": 2, "status": "found"}))

    def _lag(self, name: str, case: dict[str, Any]) -> float:
        """Of the case, set as users do: what the engine keeps in it stays."""
        began = time.perf_counter()
        self.source.document(name).set(case, merge=True)
        while self._round(name) != case["round"]:
            if time.perf_counter() > began + PATIENCE_SECONDS:
                raise AssertionError(f"{name} was not seen in {PATIENCE_SECONDS} s")
        took = time.perf_counter() - began
        time.sleep(PAUSE_SECONDS)
        return took

    def _round(self, name: str) -> Any:
        return (self.target.document(name).get().to_dict() or {}).get("round")


def run() -> dict[str, Any]:
    with _ours() as ours, _bare() as bare:
        for _ in range(WARM_UP + ROUNDS):
            for chain in (ours, bare):
                chain.measure(f"case-{uuid4().hex}")
    return _result(ours, bare)


def _result(ours: Chain, bare: Chain) -> dict[str, Any]:
    lag, bare_lag = (_milliseconds(chain.lags) for chain in (ours, bare))
    return {
        "ours": lag["p50"],
        "peer": bare_lag["p50"],
        "ratio": round(lag["p50"] / bare_lag["p50"], 3),
        "unit": "ms",
        "detail": {
            "writes": len(ours.lags),
            "ours": lag,
            "peer": bare_lag,
            "oursCreated": _milliseconds(ours.created[WARM_UP:]),
            "peerCreated": _milliseconds(bare.created[WARM_UP:]),
            "oursUpdated": _milliseconds(ours.updated[WARM_UP:]),
            "peerUpdated": _milliseconds(bare.updated[WARM_UP:]),
        },
    }


def _milliseconds(lags: list[float]) -> dict[str, float]:
    p95 = quantiles(lags, n=100)[94]
    return {"p50": round(median(lags) * 1000, 1), "p95": round(p95 * 1000, 1)}


@contextmanager
def _ours() -> Iterator[Chain]:
    os.environ.update(HYPHAE_HUB=HUB, HYPHAE_PROJECTS=f"left={LEFT},right={RIGHT}")
    with _chain(ROOT / "main.py", "capture_change", "apply_change", (LEFT, RIGHT)) as chain:
        yield chain


@contextmanager
def _bare() -> Iterator[Chain]:
    topic = f"projects/{HUB}/topics/{TOPIC}"
    os.environ.update(BARE_TOPIC=topic, BARE_TARGET=RIGHT)
    with _chain(PEER, "capture", "apply", (LEFT,)) as chain:
        yield chain


@contextmanager
def _chain(source: Path, capture: str, apply: str, watched: tuple[str, ...]) -> Iterator[Chain]:
    (trigger,) = (function for function in functions() if function.name == "capture_change")
    with ExitStack() as stack:
        os.environ["PUBSUB_EMULATOR_HOST"] = pubsub = stack.enter_context(jars.pubsub())
        capturing = free_port()
        store = stack.enter_context(jars.firestore(f"127.0.0.1:{capturing}"))
        os.environ["FIRESTORE_EMULATOR_HOST"] = store
        stack.enter_context(served(source, capture, capturing))
        _route()
        applying = stack.enter_context(served(source, apply))
        jars.subscribe(pubsub, HUB, TOPIC, f"127.0.0.1:{applying}")
        for project in watched:
            register(trigger, project, store)
        yield Chain(_cases(LEFT), _cases(RIGHT))


def _cases(project: str) -> firestore.CollectionReference:
    return firestore.Client(project=project).collection("cases")


def _route() -> None:
    ends = {
        "source": {"project": LEFT, "collection": "cases"},
        "target": {"project": RIGHT, "collection": "cases"},
    }
    about = {"direction": "both", "tenantField": "tenantId", "enabled": True}
    hub = firestore.Client(project=HUB)
    hub.collection("sync_routes").document("cases").set(ends | about)
