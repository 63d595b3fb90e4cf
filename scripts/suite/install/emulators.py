"""The Firestore and Pub/Sub emulators: the gcloud SDK's, else downloaded by firebase-tools."""

import hashlib
import os
import shlex
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from scripts.suite.commands import output_of, run
from scripts.suite.console import Refusal
from scripts.suite.install.node import Node
from scripts.suite.install.place import keep
from scripts.suite.paths import cache

FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"


@dataclass(frozen=True)
class Emulators:
    firestore: Path
    pubsub: Path


def find_or_download(runtime: Node, firebase: Path, java: Path) -> Emulators:
    download = _Download(runtime, firebase, java)
    firestore = _in_gcloud("cloud-firestore-emulator/cloud-firestore-emulator.jar")
    pubsub = _in_gcloud("pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar")
    return Emulators(
        firestore=_launcher_jar(firestore) if firestore else download.firestore(),
        pubsub=_launcher_script(pubsub) if pubsub else download.pubsub(),
    )


def _in_gcloud(pattern: str) -> Path | None:
    return next((jar for sdk in _sdks() for jar in Path(sdk, "platform").glob(pattern)), None)


def _sdks() -> list[Path]:
    gcloud = shutil.which("gcloud")
    if not gcloud:
        return []
    linked = Path(gcloud).resolve().parent.parent
    if (linked / "platform").exists():
        return [linked]
    return [Path(output_of([gcloud, "info", "--format=value(installation.sdk_root)"]).strip())]


def _launcher_jar(jar: Path) -> Path:
    """The SDK's jar names no main class; a jar that holds nothing but a manifest does it."""

    def fill(draft: Path) -> None:
        lines = [
            "Manifest-Version: 1.0",
            f"Main-Class: {FIRESTORE_MAIN}",
            f"Class-Path: {jar.as_uri()}",
        ]
        manifest = "".join(f"{_folded(line)}\r\n" for line in lines)
        with zipfile.ZipFile(draft / "firestore.jar", "w") as launcher:
            launcher.writestr("META-INF/MANIFEST.MF", manifest)

    return keep(f"launchers/firestore-{_id(jar)}", fill) / "firestore.jar"


def _folded(line: str) -> str:
    """Manifest lines hold 72 bytes; what is longer goes on after a line break and a blank."""
    head, rest = line[:70], line[70:]
    return "\r\n ".join([head, *(rest[start : start + 69] for start in range(0, len(rest), 69))])


def _launcher_script(jar: Path) -> Path:
    def fill(draft: Path) -> None:
        script = draft / "pubsub"
        script.write_text(f'#!/bin/sh\nexec java -jar {shlex.quote(str(jar))} "$@"\n')
        script.chmod(0o755)

    return keep(f"launchers/pubsub-{_id(jar)}", fill) / "pubsub"


def _id(jar: Path) -> str:
    return hashlib.sha256(str(jar).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Download:
    runtime: Node
    firebase: Path
    java: Path

    def firestore(self) -> Path:
        return self._fetch(
            "firestore", "cloud-firestore-emulator-*.jar", "cloud-firestore-emulator"
        )

    def pubsub(self) -> Path:
        pattern = "pubsub-emulator-*/pubsub-emulator/bin/cloud-pubsub-emulator"
        return self._fetch("pubsub", pattern, "pubsub-emulator")

    def _fetch(self, name: str, pattern: str, component: str) -> Path:
        folder = cache() / "emulators"
        if not list(folder.glob(pattern)):
            self._download(name, component, folder)
        return sorted(folder.glob(pattern))[-1]

    def _download(self, name: str, component: str, folder: Path) -> None:
        try:
            run(
                f"Downloading the {name} emulator",
                [self.runtime.node, self.firebase, f"setup:emulators:{name}"],
                {"FIREBASE_EMULATORS_PATH": str(folder), "CI": "1", "PATH": self._path()},
            )
        except Refusal as refusal:
            raise Refusal(
                f"The {name} emulator is missing and could not be downloaded. Install the gcloud "
                f"SDK and run: gcloud components install {component}"
            ) from refusal

    def _path(self) -> str:
        return os.pathsep.join(
            [str(self.java.parent), str(self.runtime.node.parent), os.environ["PATH"]]
        )
