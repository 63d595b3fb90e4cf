"""What the local suite's functions, tests and scripts find in their environment."""

import json
import os
import secrets
from pathlib import Path

from scripts.suite.paths import LOCAL, ROOT

HUB = "demo-hub"
MEMBERS = {"app": "demo-app", "bo": "demo-bo", "ai": "demo-ai"}
REGION = "us-central1"
STRIPE_PORT = 9599
STRIPE_URL = f"http://127.0.0.1:{STRIPE_PORT}"

_SECRETS = LOCAL / "secrets.json"
_FOR_FUNCTIONS = ROOT / ".env.local"


def local_environment() -> dict[str, str]:
    """What a deployed function would get from its project's settings."""
    return {
        "HYPHAE_ENV": "local",
        "HYPHAE_HUB": HUB,
        "HYPHAE_PROJECTS": ",".join(f"{key}={project}" for key, project in MEMBERS.items()),
        "HYPHAE_SIGNING_KEYS": f"{_secret('signingKey')},{_secret('nextSigningKey')}",
        "HYPHAE_KEY_PEPPER": _secret("keyPepper"),
        "HYPHAE_KEK": _secret("keyEncryption"),
        "HYPHAE_ORIGINS": "http://localhost:3000,http://localhost:5173",
        "HYPHAE_STRIPE_API_BASE": STRIPE_URL,
        "STRIPE_API_KEY": "sk_test_local",
        "STRIPE_WEBHOOK_SECRET": stripe_webhook_secret(),
    }


def suite_environment() -> dict[str, str]:
    """The same, and where the emulators are: for tests, scripts and functions started by hand."""
    return local_environment() | {
        "FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080",
        "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
        "PUBSUB_EMULATOR_HOST": "127.0.0.1:8085",
        "GCLOUD_PROJECT": HUB,
        "METADATA_SERVER_DETECTION": "none",
        "GRPC_ENABLE_FORK_SUPPORT": "true",
        "TZ": "UTC",
    }


def write_for_functions() -> None:
    """The functions emulator reads `.env.local` beside firebase.json."""
    lines = [f"{name}={value}\n" for name, value in local_environment().items()]
    write_private(_FOR_FUNCTIONS, "".join(lines))


def stripe_webhook_secret() -> str:
    """What the local stand-in signs its webhooks with."""
    return "whsec_" + _secret("stripeWebhook")


def _secret(name: str) -> str:
    """Made once for this clone, so that keys made before a restart still open afterwards."""
    known: dict[str, str] = json.loads(_SECRETS.read_text()) if _SECRETS.exists() else {}
    if name not in known:
        known[name] = secrets.token_hex(32)
        write_private(_SECRETS, json.dumps(known, indent=2) + "\n")
    return known[name]


def write_private(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)
