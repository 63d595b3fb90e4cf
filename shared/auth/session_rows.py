"""Sessions as they are stored."""

from collections.abc import Mapping
from typing import Any

from shared.auth.session_rules import Session

Row = Mapping[str, Any]
Fields = dict[str, Any]


def changing_fields(session: Session) -> Fields:
    return {
        "counter": session.counter,
        "graceUsed": session.grace_used,
        "client": session.client,
        "rotatedAt": session.rotated_at,
        "idleExpiresAt": session.idle_expires_at,
        "epoch": session.epoch,
        "status": "active" if session.active else "revoked",
    }


def session_document(session: Session) -> Fields:
    return changing_fields(session) | {
        "userId": session.user_id,
        "audience": session.audience,
        "tenantId": session.tenant_id,
        "tenantEpoch": session.tenant_epoch,
        "userEpoch": session.user_epoch,
        "authTime": session.auth_time,
        "createdAt": session.created_at,
        "absoluteExpiresAt": session.absolute_expires_at,
    }


def session_of(session_id: str, row: Row) -> Session:
    return Session(
        session_id=session_id,
        user_id=row["userId"],
        audience=row["audience"],
        tenant_id=row["tenantId"],
        tenant_epoch=row["tenantEpoch"],
        user_epoch=row["userEpoch"],
        auth_time=row["authTime"],
        created_at=row["createdAt"],
        rotated_at=row["rotatedAt"],
        idle_expires_at=row["idleExpiresAt"],
        absolute_expires_at=row["absoluteExpiresAt"],
        client=row["client"],
        counter=row["counter"],
        grace_used=row["graceUsed"],
        epoch=row["epoch"],
        active=row["status"] == "active",
    )
