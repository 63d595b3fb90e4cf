"""Every deployed function by name; functions.yaml says what triggers each of them.

An instance serves one function, so only that one is imported. The collector rests meanwhile:
what is loaded at start lives as long as the instance, and counting it again costs start time.
"""

import gc
from importlib import import_module
from typing import Any

FUNCTIONS = {
    "apply_change": "functions.sync.pubsub",
    "auth": "functions.auth.http",
    "billing": "functions.billing.http",
    "capture_change": "functions.sync.firestore",
    "claim_identity": "functions.auth.firestore",
    "claim_membership": "functions.auth.firestore",
    "deliver_outbox": "functions.tokens.firestore",
    "deliver_webhooks": "functions.webhooks.pubsub",
    "ecosystem": "functions.events.http",
    "fan_out_webhooks": "functions.webhooks.firestore",
    "gateway": "functions.gateway.http",
    "handle_event": "functions.events.firestore",
    "notify_outbox": "functions.notifications.firestore",
    "process_token_purchase": "functions.billing.firestore",
    "reconcile_accounts": "functions.billing.pubsub",
    "reconcile_ledgers": "functions.billing.schedule",
    "refresh_accounts": "functions.billing.pubsub",
    "refresh_billing_cycles": "functions.billing.schedule",
    "retry_events": "functions.events.schedule",
    "retry_webhooks": "functions.webhooks.schedule",
    "sweep_key_page": "functions.crypto.pubsub",
    "sweep_keys": "functions.crypto.schedule",
    "sweep_page": "functions.sync.pubsub",
    "sweep_routes": "functions.sync.schedule",
    "sync": "functions.sync.http",
    "sync_tenant": "functions.sync.runs",
    "tokens": "functions.tokens.http",
    "view_quota": "functions.billing.firestore",
}


def __getattr__(name: str) -> Any:
    if name not in FUNCTIONS:
        raise AttributeError(name)
    gc.disable()
    function = getattr(import_module(FUNCTIONS[name]), name)
    import_module("shared.wiring").wiring()  # with unsafe settings a process does not start
    gc.freeze()
    gc.enable()
    return function
