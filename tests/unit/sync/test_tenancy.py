"""A document is mirrored within its tenant only."""

import pytest

from shared.sync.models import Change, Place, Version
from shared.sync.refusals import Refused
from shared.sync.tenancy import check

PLACE = Place("demo-a", "cases", "1")
MINE, THEIRS, EMPTY, NUMBER = b"\x8a\x01\x01t", b"\x8a\x01\x01u", b"\x8a\x01\x00", b"\x10\x01"


def version(tenant: bytes | None) -> Version:
    return Version({} if tenant is None else {"tenantId": tenant}, None, 1, 1)


def change(new: bytes | None) -> Change:
    return Change(PLACE, "e", 0, None, version(new))


def test_the_same_tenant_on_both_sides_passes() -> None:
    check(change(MINE), version(MINE), "tenantId")
    check(change(MINE), None, "tenantId")


def test_a_deletion_is_of_the_tenant_that_the_document_had() -> None:
    check(Change(PLACE, "e", 0, version(MINE), None), version(MINE), "tenantId")


@pytest.mark.parametrize("tenant", [None, EMPTY, NUMBER])
def test_a_document_without_a_tenant_is_refused(tenant: bytes | None) -> None:
    with pytest.raises(Refused, match="TENANT_MISSING"):
        check(change(tenant), None, "tenantId")


@pytest.mark.parametrize("tenant", [None, THEIRS])
def test_a_peer_of_another_tenant_is_refused(tenant: bytes | None) -> None:
    with pytest.raises(Refused, match="TENANT_MISMATCH"):
        check(change(MINE), version(tenant), "tenantId")
