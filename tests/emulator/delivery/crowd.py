"""Users who edit the same cases in several projects at once."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from google.cloud import firestore

from tests.builders import unique

DOCUMENTS = 50
FLEETING = 10  # of them are deleted and made again
DESKS = 8  # in each project


class Crowd:
    """What they said last is in `last`, by case and project, of the cases that nobody deletes."""

    def __init__(self, clients: Mapping[str, firestore.Client], random: Random) -> None:
        self.documents = [unique("case") for _ in range(DOCUMENTS)]
        self.last: dict[tuple[str, str], int] = {}
        self._fleeting = set(self.documents[:FLEETING])
        self._clients = clients
        self._cases = {project: client.collection("cases") for project, client in clients.items()}
        self._random = random

    def begin(self) -> None:
        cases = next(iter(self._cases.values()))
        for name in self.documents:
            cases.document(name).set({"tenantId": "t", "status": 0})

    def edit(self, edits: int) -> None:
        """All at once, each at a desk of one project, with some of the cases."""
        desks = [(project, desk) for project in self._cases for desk in range(DESKS)]
        seeds = [self._random.random() for _ in desks]
        with ThreadPoolExecutor(len(desks)) as pool:
            jobs = [
                pool.submit(self._sit, project, self.documents[desk::DESKS], Random(seed), n)
                for (project, desk), seed, n in zip(
                    desks, seeds, _shares(edits, len(desks)), strict=True
                )
            ]
            for job in jobs:
                job.result()

    def contents(self) -> list[dict[str, dict[str, Any]]]:
        """The cases of each project, without what the engine keeps in them."""
        return [
            {s.id: _said(s.to_dict() or {}) for s in cases.get() if s.id in self.documents}
            for cases in self._cases.values()
        ]

    def versions(self) -> list[dict[str, Any]]:
        """When each case and each tombstone was last written."""
        collections = [
            client.collection(name)
            for client in self._clients.values()
            for name in ("cases", "_tombstones")
        ]
        return [{s.id: s.update_time for s in found.get()} for found in collections]

    def _sit(self, project: str, documents: Sequence[str], random: Random, edits: int) -> None:
        for value in range(edits):
            name = random.choice(documents)
            case = self._cases[project].document(name)
            if name in self._fleeting and random.random() < 0.3:
                case.delete()
                continue
            said = {"tenantId": "t", "status": random.randrange(10**6), project: value}
            case.set(said, merge=True)
            if name not in self._fleeting:
                self.last[name, project] = value


def _shares(total: int, parts: int) -> list[int]:
    return [total // parts + (part < total % parts) for part in range(parts)]


def _said(case: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name != "_sync"}
