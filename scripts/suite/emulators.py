"""Starts the emulators with firebase-tools and says when they are ready."""

import os
import subprocess
import time
from pathlib import Path

from scripts.suite import manifest
from scripts.suite.commands import last_error, plain
from scripts.suite.console import Refusal
from scripts.suite.environment import HUB, suite_environment
from scripts.suite.http import NoAnswer, get_json
from scripts.suite.paths import LOCAL, LOG, ROOT, cache
from scripts.suite.processes import VARIABLE
from scripts.suite.toolchain import Toolchain

SERVICES = "auth,functions,firestore,pubsub,hosting"
FUNCTIONS = "http://127.0.0.1:5001"
HOSTING = "http://127.0.0.1:5005"
HUB_PORT = "http://127.0.0.1:4400"
PORTS = ROOT / "scripts" / "tools" / "ports.cjs"
MAX_HEADER_BYTES = 256 * 1024
_READY = "All emulators ready"
_PATIENCE = 120


def start(mark: str) -> subprocess.Popen[bytes]:
    tools = Toolchain.load()
    arguments = ("emulators:start", "--project", HUB, "--only", SERVICES)
    with LOG.open("wb") as log:
        return subprocess.Popen(
            [tools.node, tools.firebase, *arguments, "--config", ROOT / "firebase.json"],
            cwd=LOCAL,
            env=_environment(tools, mark),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _environment(tools: Toolchain, mark: str) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if name not in _NOT_FOR_EMULATORS
    }
    programs = [str(Path(tools.java).parent), str(Path(tools.node).parent), inherited["PATH"]]
    temporary = LOCAL / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        **inherited,
        **suite_environment(),
        VARIABLE: mark,
        "CI": "1",
        "FIREBASE_CLI_DISABLE_UPDATE_CHECK": "1",
        "FIRESTORE_EMULATOR_BINARY_PATH": tools.firestore,
        # Also the limit for a worker to answer first: many calls at once start many workers.
        "FUNCTIONS_DISCOVERY_TIMEOUT": "120",
        # Room for headers, so that those that are too large are refused by functions, as a problem.
        "NODE_OPTIONS": f'--require "{PORTS}" --max-http-header-size={MAX_HEADER_BYTES}',
        "PATH": os.pathsep.join(programs),
        "PUBSUB_EMULATOR_BINARY_PATH": tools.pubsub,
        "TMPDIR": str(temporary),
        "XDG_CONFIG_HOME": str(cache() / "config"),
    }


# Credentials of a real project have no business here.
_NOT_FOR_EMULATORS = {"GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "FIREBASE_TOKEN"}


def wait_until_ready(emulators: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _ready():
        if emulators.poll() is not None:
            raise Refusal(f"The emulators did not start: {last_error(LOG)} (all of it: {LOG})")
        if time.monotonic() > deadline:
            raise Refusal(f"The emulators were not ready in {_PATIENCE} s: {last_error(LOG)}")
        time.sleep(0.1)
    _require_functions()


def _ready() -> bool:
    return any(_READY in plain(line) for line in LOG.read_text(errors="replace").splitlines())


def _require_functions() -> None:
    """firebase-tools comes up without the functions when their manifest is wrong."""
    missing = {function.name for function in manifest.functions()} - _loaded()
    if missing:
        raise Refusal(
            f"Not loaded: {', '.join(sorted(missing))}. {last_error(LOG)} (all of it: {LOG})"
        )


def _loaded() -> set[str]:
    backends = get_json(f"{FUNCTIONS}/backends")["backends"]
    return {trigger["name"] for backend in backends for trigger in backend["functionTriggers"]}


def answering() -> bool:
    try:
        return bool(get_json(f"{HUB_PORT}/emulators"))
    except NoAnswer:
        return False
