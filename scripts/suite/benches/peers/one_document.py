"""A bare function: it verifies nothing and reads one document."""

import os

import functions_framework
from flask import Request
from google.cloud import firestore

client = firestore.Client()


@functions_framework.http
def balance(request: Request) -> dict[str, object]:
    del request
    snapshot = client.collection("token_balances").document(os.environ["ACCOUNT"]).get()
    found = snapshot.to_dict() or {}
    return {name: str(value) for name, value in found.items()}
