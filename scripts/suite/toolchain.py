"""What the setup found or installed: the programs that run the suite, remembered in one file."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scripts.suite.console import Refusal
from scripts.suite.paths import LOCAL

_FILE = LOCAL / "toolchain.json"


@dataclass(frozen=True)
class Toolchain:
    fingerprint: str
    node: str
    firebase: str
    java: str
    firestore: str
    pubsub: str
    redis: str | None

    @classmethod
    def load(cls) -> Self:
        try:
            return cls(**json.loads(_FILE.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise Refusal("Nothing is installed yet: run scripts/setup.") from error

    def save(self) -> None:
        LOCAL.mkdir(exist_ok=True)
        _FILE.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    def complete(self) -> bool:
        places = (self.node, self.firebase, self.java, self.firestore, self.pubsub, self.redis)
        return all(Path(place).exists() for place in places if place)


def forget() -> None:
    _FILE.unlink(missing_ok=True)
