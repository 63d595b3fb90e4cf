"""A bare function: read the account, then one conditional commit of a row and the account."""

import os
from uuid import uuid4

import functions_framework
from flask import Request
from google.cloud import firestore

client = firestore.Client(project=os.environ["GCLOUD_PROJECT"])


@functions_framework.http
def deduct(request: Request) -> tuple[dict[str, str], int]:
    body = request.get_json()
    balance = client.collection("token_balances").document(body["account"])
    found = balance.get()
    used = found.get("totalUsedTokens") + body["amount"]
    batch = client.batch()
    row = client.collection("token_transactions").document(uuid4().hex)
    batch.create(row, {"userId": body["account"], "amount": body["amount"], "type": "deduct"})
    option = client.write_option(last_update_time=found.update_time)
    batch.update(balance, {"totalUsedTokens": used}, option=option)
    batch.commit()
    return {"transactionId": row.id}, 201
