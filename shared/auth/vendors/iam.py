"""Signing as a service account of another project, by IAM's signBlob; no key leaves Google.

https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
"""

import base64
import functools
from collections.abc import Mapping
from typing import Any

import orjson
import requests

from shared.kernel.base64url import encoded
from shared.kernel.errors import DependencyUnavailable

BASE_URL = "https://iamcredentials.googleapis.com/v1"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT_SECONDS = 5


class IamSigner:
    """`accounts` are the service accounts by their project; ours must be a token creator of each.

    Without a `session` of its own it speaks as the account that it runs as.
    """

    def __init__(
        self,
        accounts: Mapping[str, str],
        base_url: str = BASE_URL,
        session: requests.Session | None = None,
    ) -> None:
        self._accounts = accounts
        self._base_url = base_url
        self._given = session

    def account(self, project: str) -> str | None:
        return self._accounts.get(project)

    def sign(self, account: str, claims: Mapping[str, Any]) -> str:
        """A JWT under the account's own key (RS256); raises DependencyUnavailable."""
        header = {"alg": "RS256", "typ": "JWT"}
        text = f"{encoded(orjson.dumps(header))}.{encoded(orjson.dumps(claims))}"
        return f"{text}.{encoded(self._signature(account, text.encode()))}"

    def _signature(self, account: str, content: bytes) -> bytes:
        url = f"{self._base_url}/projects/-/serviceAccounts/{account}:signBlob"
        body = {"payload": base64.b64encode(content).decode()}
        try:
            answer = self._session.post(url, json=body, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            return base64.b64decode(answer.json()["signedBlob"], validate=True)
        except (requests.RequestException, ValueError, KeyError, TypeError) as failure:
            reason = f"sign_blob_{type(failure).__name__}"
            raise DependencyUnavailable(reason=reason) from failure

    @functools.cached_property
    def _session(self) -> requests.Session:
        return self._given or _own_session()


def _own_session() -> requests.Session:
    import google.auth
    from google.auth.transport.requests import AuthorizedSession

    credentials, _ = google.auth.default(scopes=[SCOPE])
    session: requests.Session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return session
