"""Custom claims of a project's users, by firebase-admin."""

import functools
from collections.abc import Mapping
from typing import Any

import firebase_admin
from firebase_admin import auth
from firebase_admin.exceptions import FirebaseError

from shared.kernel.errors import DependencyUnavailable

TIMEOUT_SECONDS = 5


class FirebaseAccounts:
    """Speaks as the account that it runs as, which must administer each project's users."""

    def claims(self, project: str, subject: str) -> Mapping[str, Any] | None:
        try:
            return auth.get_user(subject, _app(project)).custom_claims or {}
        except auth.UserNotFoundError:
            return None
        except FirebaseError as away:
            raise DependencyUnavailable(reason=f"accounts_{away.code}") from None

    def put_claims(self, project: str, subject: str, claims: Mapping[str, Any]) -> None:
        try:
            auth.set_custom_user_claims(subject, dict(claims) or None, _app(project))
        except auth.UserNotFoundError:
            return
        except FirebaseError as away:
            raise DependencyUnavailable(reason=f"accounts_{away.code}") from None


@functools.cache
def _app(project: str) -> firebase_admin.App:
    options = {"projectId": project, "httpTimeout": TIMEOUT_SECONDS}
    return firebase_admin.initialize_app(options=options, name=f"hyphae-{project}")
