"""The parts of a stored account: lots, holds, limits and a day's usage, as maps and back."""

from collections.abc import Mapping
from typing import Any

from shared.tokens import fields, lots
from shared.tokens.models import Hold, Limits, Lot, Part, Usage

Stored = dict[str, Any]
OVERAGES = ("deny", "cap", "unlimited")


def usage_map(usage: Usage) -> Stored:
    tasks = [
        {"task": task, "tokens": tokens, "count": count}
        for task, (tokens, count) in sorted(usage.by_task.items())
    ]
    return {"day": usage.day, "tasks": tasks}


def day(found: Stored) -> Usage:
    tasks = {
        fields.text(task["task"]): (fields.count(task["tokens"]), fields.count(task["count"]))
        for task in found["tasks"]
    }
    return Usage(fields.day(found["day"]), tasks)


def part_map(part: Part) -> Stored:
    return {"lot": part.lot_id, "kind": part.kind, "amount": part.amount}


def part(found: Stored) -> Part:
    kind = fields.one_of(lots.PRIORITIES, found["kind"])
    return Part(fields.text(found["lot"]), kind, fields.count(found["amount"]))


def lot_map(lot: Lot) -> Stored:
    return {
        "id": lot.lot_id,
        "kind": lot.kind,
        "left": lot.left,
        "priority": lot.priority,
        "expiresAt": lot.expires_at,
    }


def lot(found: Stored) -> Lot:
    kind = fields.one_of(lots.PRIORITIES, found["kind"])
    end = fields.utc(found["expiresAt"]) if found["expiresAt"] else None
    left, priority = fields.count(found["left"]), fields.count(found["priority"])
    return Lot(fields.text(found["id"]), kind, left, priority, end)


def hold_map(hold: Hold) -> Stored:
    return {
        "parts": [part_map(part) for part in hold.parts],
        "expiresAt": hold.expires_at,
        "cycle": hold.cycle,
        "taskType": hold.task_type,
        "actor": hold.actor,
    }


def hold(hold_id: str, found: Stored) -> Hold:
    return Hold(
        hold_id,
        tuple(part(item) for item in found["parts"]),
        fields.utc(found["expiresAt"]),
        fields.count(found["cycle"]),
        fields.text_or_none(found["taskType"]),
        fields.text_or_none(found["actor"]),
    )


def limits_map(limits: Limits) -> Stored:
    caps = dict(limits.member_caps)
    return {"overage": limits.overage, "cap": limits.cap, "memberCaps": caps}


def limits(found: Mapping[str, Any]) -> Limits:
    overage = fields.one_of(OVERAGES, found.get("overage") or "deny")
    cap = fields.count(found.get("cap") or 0)
    return Limits(overage, cap, fields.counts(found.get("memberCaps")))
