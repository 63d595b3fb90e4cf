"""Whatever a client sends, the answer is what the contract says: never a 500."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.entry.clients import EVENTS, WithKey
from tests.emulator.entry.leases import wanted

FEW = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MEMBERS = st.sampled_from([*wanted("t"), "target", "subject", "schemaVersion", "x"])


@FEW
@given(payload=st.dictionaries(st.text(), JSON))
def test_any_payload_is_taken_or_refused(
    with_key: WithKey, tenant: str, payload: dict[str, Any]
) -> None:
    answer = with_key("ecosystem", tenant).post(EVENTS, wanted(tenant, payload=payload))
    assert answer.status_code in (202, 400, 422)


@FEW
@given(changes=st.dictionaries(MEMBERS, JSON, min_size=1))
def test_any_members_are_taken_or_refused(
    with_key: WithKey, tenant: str, changes: dict[str, Any]
) -> None:
    answer = with_key("ecosystem", None).post(EVENTS, wanted(tenant) | changes)
    assert answer.status_code in (202, 400, 422)


@FEW
@given(body=st.binary(max_size=200))
def test_any_bytes_are_refused(with_key: WithKey, tenant: str, body: bytes) -> None:
    assert with_key("ecosystem", tenant).post(EVENTS, body).status_code in (400, 422)


@FEW
@given(
    members=st.dictionaries(
        st.sampled_from(["target", "types", "processed", "cursor", "after", "limit", "x"]),
        st.text(st.characters(codec="utf-8")),
    )
)
def test_any_query_is_answered_or_refused(
    with_key: WithKey, tenant: str, members: dict[str, str]
) -> None:
    client = with_key("ecosystem", tenant)
    answer = client.function.get(EVENTS, query_string=members, headers=client.credential)
    assert answer.status_code in (200, 400, 422)


@FEW
@given(account=st.text(st.characters(codec="utf-8")))
def test_any_account_is_found_or_not(with_key: WithKey, tenant: str, account: str) -> None:
    client = with_key("tokens", tenant)
    query = {"account": f"org_{account}"}
    answer = client.function.get("/balance", query_string=query, headers=client.credential)
    assert answer.status_code in (404, 422)
