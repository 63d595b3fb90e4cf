"""firebase-admin as in production, with its certificates from a server on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import firebase_admin
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from firebase_admin import _token_gen, credentials
from google.auth.credentials import AnonymousCredentials

PROJECT = "demo-bench"


class _NoCredentials(credentials.Base):  # type: ignore[misc]  # untyped library
    def get_credential(self) -> AnonymousCredentials:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]  # untyped library


@contextmanager
def served(kid: str, private: rsa.RSAPrivateKey) -> Iterator[firebase_admin.App]:
    """An app that fetches this certificate, and caches it as the answer's headers allow."""
    body = json.dumps({kid: _certificate(private)}).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(body))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _token_gen.ID_TOKEN_CERT_URI = f"http://127.0.0.1:{server.server_port}/certs"
    app = firebase_admin.initialize_app(_NoCredentials(), {"projectId": PROJECT}, name="bench")
    try:
        yield app
    finally:
        firebase_admin.delete_app(app)
        server.shutdown()


def _handler(body: bytes) -> type[BaseHTTPRequestHandler]:
    class Certificates(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Cache-Control", "public, max-age=19302, must-revalidate")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent: the benchmark's last line is its result."""

    return Certificates


def _certificate(private: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    return signed.public_bytes(serialization.Encoding.PEM).decode()
