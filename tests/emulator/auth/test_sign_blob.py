"""Custom tokens that a project's own account signs, through a server that speaks like IAM."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from shared.auth.custom_tokens import AUDIENCE, CustomTokens
from shared.auth.vendors.iam import IamSigner
from shared.kernel.errors import DependencyUnavailable, InvalidRequest
from shared.wiring import Wiring
from tests.emulator.auth.conftest import sign_in
from tests.signing import issuer

ACCOUNT = "signer@demo-bo.iam.gserviceaccount.com"


class Iam:
    """Signs blobs with the key of one account, unless it is told to answer otherwise."""

    def __init__(self) -> None:
        self.status, self.paths = 200, list[str]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: bytes) -> dict[str, str]:
        content = base64.b64decode(json.loads(body)["payload"])
        signature = issuer().private.sign(content, padding.PKCS1v15(), hashes.SHA256())
        return {"keyId": "1", "signedBlob": base64.b64encode(signature).decode()}

    def _handler(iam) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                iam.paths.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                content = json.dumps(iam.answer(body) if iam.status == 200 else {}).encode()
                self.send_response(iam.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def iam() -> Iterator[Iam]:
    server = Iam()
    yield server
    server.close()


def tokens(wiring: Wiring, iam: Iam) -> CustomTokens:
    signer = IamSigner({"demo-bo": ACCOUNT}, iam.url, requests.Session())
    return CustomTokens(wiring.users, signer, wiring.settings.hub)


def test_a_custom_token_is_what_firebase_asks_for(wiring: Wiring, iam: Iam) -> None:
    user_id, now = str(sign_in(wiring).user_id), wiring.clock()
    token = tokens(wiring, iam).make(user_id, "demo-bo", {"tid": "t"}, now)
    stated = jwt.decode(token, issuer().public, ["RS256"], audience=AUDIENCE)
    assert (stated["iss"], stated["sub"]) == (ACCOUNT, ACCOUNT)
    assert (stated["uid"], stated["claims"]) == (user_id, {"tid": "t"})
    assert stated["exp"] - stated["iat"] == 60
    assert iam.paths == [f"/v1/projects/-/serviceAccounts/{ACCOUNT}:signBlob"]


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_what_iam_refuses_may_be_asked_for_again(wiring: Wiring, iam: Iam, status: int) -> None:
    iam.status = status
    with pytest.raises(DependencyUnavailable):
        tokens(wiring, iam).make(str(sign_in(wiring).user_id), "demo-bo", {}, wiring.clock())


def test_nobody_signs_for_a_project_without_an_account(wiring: Wiring, iam: Iam) -> None:
    with pytest.raises(InvalidRequest) as refused:
        tokens(wiring, iam).make(str(sign_in(wiring).user_id), "demo-ai", {}, wiring.clock())
    assert refused.value.members["error"] == "invalid_target"
    assert iam.paths == []
