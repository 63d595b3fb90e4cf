"""Webhooks: from nobody we know, in any form, as they came; and never too large."""

import pytest
from flask.testing import FlaskClient

from shared.entry.limits import MAX_BODY_BYTES
from tests.unit.entry.calls import code, raw

HOOK = "/api/v1/demo/webhook"


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""]
)
def test_a_webhook_needs_no_credentials_and_no_form(demo: FlaskClient, kind: str) -> None:
    sent = demo.post(HOOK, data=b"{not json", headers={"X-Signature": "s"}, content_type=kind)
    assert (sent.status_code, sent.get_json()) == (200, {"what": "9 s"})


def test_bad_credentials_do_not_matter_to_it(demo: FlaskClient) -> None:
    assert demo.post(HOOK, data=b"x", headers={"X-API-Key": "bad"}).status_code == 200


def test_a_webhook_may_weigh_what_any_body_may(demo: FlaskClient) -> None:
    whole = demo.post(HOOK, data=b"x" * MAX_BODY_BYTES)
    assert whole.get_json() == {"what": f"{MAX_BODY_BYTES} None"}
    assert code(demo.post(HOOK, data=b"x" * (MAX_BODY_BYTES + 1))) == (413, "payload-too-large")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_webhook_is_posted(demo: FlaskClient, method: str) -> None:
    assert code(raw(demo, HOOK, method)) == (405, "method-not-allowed")
