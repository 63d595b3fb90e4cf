"""Custom tokens as the Auth emulator takes them: signed by nobody. For local runs alone."""

from collections.abc import Mapping
from typing import Any

import jwt

ACCOUNT = "firebase-auth-emulator@example.com"


class UnsignedTokens:
    def account(self, project: str) -> str | None:
        return ACCOUNT

    def sign(self, account: str, claims: Mapping[str, Any]) -> str:
        return jwt.encode(dict(claims), "", "none")
