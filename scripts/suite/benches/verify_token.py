"""ID tokens verified a second, against firebase_admin.auth.verify_id_token with the same keys."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

import firebase_admin
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from firebase_admin import auth

from scripts.suite.benches.peers import certificates
from shared.auth.id_tokens import GoogleVerifier
from shared.kernel.clock import utc_now

PROJECT = "demo-bench"
KID = "bench-key"
TOKENS = 200
ROUNDS = 9


def run() -> dict[str, Any]:
    # With this set, firebase-admin checks no signature at all and would be measured doing nothing.
    os.environ.pop("FIREBASE_AUTH_EMULATOR_HOST", None)
    private = rsa.generate_private_key(65537, 2048)
    tokens = [_token(private, f"user-{number}") for number in range(TOKENS)]
    verifier = GoogleVerifier({KID: private.public_key()}, frozenset({PROJECT}))
    with certificates.served(KID, private) as app:
        ours, peer = _in_turns(
            tokens,
            lambda token: verifier.verify(token, utc_now()).subject,
            lambda token: auth.verify_id_token(token, app)["sub"],
        )
    return {
        "ours": round(ours),
        "peer": round(peer),
        "ratio": round(ours / peer, 2),
        "unit": "tokens/s",
        "detail": {"rounds": ROUNDS, "tokens": TOKENS, "firebaseAdmin": firebase_admin.__version__},
    }


def _in_turns(
    tokens: list[str], ours: Callable[[str], str], peer: Callable[[str], str]
) -> tuple[float, float]:
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for verify, found in zip((ours, peer), rates, strict=True):
            found.append(_rate(tokens, verify))
    return median(rates[0]), median(rates[1])


def _rate(tokens: list[str], verify: Callable[[str], str]) -> float:
    began = time.perf_counter()
    subjects = [verify(token) for token in tokens]
    took = time.perf_counter() - began
    if subjects != [f"user-{number}" for number in range(TOKENS)]:
        raise AssertionError("A token was not verified as its own.")
    return TOKENS / took


def _token(private: rsa.RSAPrivateKey, subject: str) -> str:
    now = int(datetime.now(UTC).timestamp()) - 5
    claims = {
        "iss": f"https://securetoken.google.com/{PROJECT}",
        "aud": PROJECT,
        "sub": subject,
        "user_id": subject,
        "iat": now,
        "auth_time": now,
        "exp": now + 3600,
        "email": f"{subject}@bench.example",
        "email_verified": True,
        "firebase": {"identities": {}, "sign_in_provider": "password"},
    }
    return jwt.encode(claims, private, algorithm="RS256", headers={"kid": KID})
