"""The suite's ports, most of them as firebase.json pins them, and who holds one that is taken."""

import json
import socket
from pathlib import Path

from scripts.suite.console import Refusal
from scripts.suite.environment import STRIPE_PORT
from scripts.suite.paths import ROOT

_LISTENING = "0A"


def pinned() -> dict[str, int]:
    emulators = json.loads((ROOT / "firebase.json").read_text())["emulators"]
    settings = {name: value for name, value in emulators.items() if isinstance(value, dict)}
    ports = {name: value["port"] for name, value in settings.items() if "port" in value}
    websocket = {"firestore websocket": settings["firestore"]["websocketPort"]}
    return ports | websocket | {"Stripe's stand-in": STRIPE_PORT}


def require_free() -> None:
    for name, port in pinned().items():
        if not _free(port):
            raise Refusal(f"Port {port} ({name}) is taken by {holder(port)}.")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """The process that listens on the port, as far as this machine lets us see."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if sockets & _open_files(process):
            return f"process {process.name} ({_command(process)})"
    return "another process"


def _inodes(port: int) -> list[str]:
    rows = [row.split() for table in ("tcp", "tcp6") for row in _lines(Path("/proc/net", table))]
    return [row[9] for row in rows if row[3] == _LISTENING and row[1].endswith(f":{port:04X}")]


def _lines(table: Path) -> list[str]:
    return table.read_text().splitlines()[1:] if table.exists() else []


def _open_files(process: Path) -> set[str]:
    try:
        return {str(file.readlink()) for file in (process / "fd").iterdir()}
    except OSError:
        return set()


def _command(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "unknown"
    return " ".join(words).strip()[:120]
