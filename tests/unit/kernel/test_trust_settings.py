"""Settings of trust: what is misspelt stops the start, and nobody is trusted by accident."""

import json

import pytest

from shared.kernel.settings import read_settings
from shared.kernel.trust import P256_ORDER, Service, TrustSettings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import LIVE

BASE = LIVE | {"HYPHAE_PROJECTS": "app=acme-app,bo=acme-bo"}
ONE, TWO, THREE, FOUR = (digit * 64 for digit in "1234")


def read(**changes: str) -> TrustSettings:
    return read_settings(BASE | changes).trust


def test_keys_are_read_in_their_order_and_never_shown() -> None:
    found = read(HYPHAE_SIGNING_KEYS=f"{TWO}, {ONE}")
    assert found.signing_keys == (int(TWO, 16), int(ONE, 16))
    assert str(int(TWO, 16)) not in repr(found)


@pytest.mark.parametrize(
    "keys",
    [
        ONE,
        f"{ONE},{ONE}",
        f"{ONE},{TWO},{THREE},{FOUR}",
        f"{ONE},{TWO[:-1]}",
        f"{ONE},{TWO}0",
        f"{ONE},{'g' * 64}",
        f"{ONE},{'A' * 64}",
        f"{ONE},{'0' * 64}",
        f"{ONE},{P256_ORDER:064x}",
    ],
)
def test_other_keys_stop_the_start(keys: str) -> None:
    with pytest.raises(UnsafeSettings, match="HYPHAE_SIGNING_KEYS"):
        read(HYPHAE_SIGNING_KEYS=keys)


def test_whoever_is_registered_crosses_over_unless_it_is_said_who_does() -> None:
    assert read().may_cross("acme-app", "acme-bo")
    some = read(HYPHAE_EXCHANGES='{"app": ["bo", "hub"]}')
    assert some.may_cross("acme-app", "acme-bo")
    assert some.may_cross("acme-app", "real-hub")
    assert not some.may_cross("acme-bo", "acme-app")
    assert not some.may_cross("acme-app", "acme-app")
    assert not read(HYPHAE_EXCHANGES="{}").may_cross("acme-app", "acme-bo")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"app": "bo"}', '{"app": ["evil"]}', '{"evil": ["bo"]}', '{"app": [7]}']
)
def test_exchanges_that_make_no_sense_stop_the_start(text: str) -> None:
    with pytest.raises(UnsafeSettings, match="HYPHAE_EXCHANGES"):
        read(HYPHAE_EXCHANGES=text)


def test_a_service_may_do_what_is_listed() -> None:
    listed = {"x@y.example": {"product": "bo", "tenantId": "t", "scopes": ["a:b:c"]}}
    found = read(HYPHAE_SERVICES=json.dumps(listed)).services
    assert found == {"x@y.example": Service("bo", "t", frozenset({"a:b:c"}))}


@pytest.mark.parametrize(
    "service",
    [
        '{"x": {"product": "bo", "scopes": []}}',
        '{"x@y": {"scopes": []}}',
        '{"x@y": {"product": "bo"}}',
        '{"x@y": {"product": "bo", "scopes": "all"}}',
        '{"x@y": {"product": "bo", "scopes": [], "tenantId": "a/b"}}',
        '{"x@y": "bo"}',
        "[]",
        "x",
    ],
)
def test_a_service_that_makes_no_sense_stops_the_start(service: str) -> None:
    with pytest.raises(UnsafeSettings, match="HYPHAE_SERVICES"):
        read(HYPHAE_SERVICES=service)


@pytest.mark.parametrize("name", ["HYPHAE_TOKEN_SIGNERS", "HYPHAE_HOME_TENANTS"])
def test_values_by_project_go_by_short_names(name: str) -> None:
    found = read(**{name: "app=one, bo=two"})
    values = {"HYPHAE_TOKEN_SIGNERS": found.signers, "HYPHAE_HOME_TENANTS": found.home_tenants}
    assert values[name] == {"acme-app": "one", "acme-bo": "two"}
    with pytest.raises(UnsafeSettings, match=name):
        read(**{name: "evil=one"})
