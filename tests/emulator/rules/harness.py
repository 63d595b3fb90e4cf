"""Firestore's REST API, called as an app's client would: the rules judge every call."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_SECONDS = 10
OWNER = "owner"  # the emulator's word for a server, whom no rule concerns
JSON = Mapping[str, Any]


def id_token(project: object, uid: str, **claims: Any) -> str:
    """An unsigned Firebase ID token, as the Auth emulator makes them."""
    header = {"alg": "none", "typ": "JWT"}
    payload = {"aud": project, "sub": uid, "user_id": uid, "iat": 1, "exp": 2**33, **claims}
    return f"{_segment(header)}.{_segment(payload)}."


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody with a token, or nobody without one; each `may_` tries it and says if it worked."""

    root: str
    token: str | None = None

    def may_get(self, path: str) -> bool:
        return self._allowed("GET", f"/{path}")

    def may_list(self, collection: str) -> bool:
        return self._allowed("GET", f"/{collection}")

    def may_query(
        self, collection: str, *where: JSON, order: str | None = None, group: bool = False
    ) -> bool:
        query = structured_query(collection, where, order, group)
        return self._allowed("POST", ":runQuery", {"structuredQuery": query})

    def may_count(self, collection: str, *where: JSON) -> bool:
        query = structured_query(collection, where)
        counted = {"structuredQuery": query, "aggregations": [{"alias": "n", "count": {}}]}
        return self._allowed(
            "POST", ":runAggregationQuery", {"structuredAggregationQuery": counted}
        )

    def may_create(self, path: str, fields: JSON) -> bool:
        return self.may_commit(self.setting(path, fields) | {"currentDocument": {"exists": False}})

    def may_set(self, path: str, fields: JSON) -> bool:
        """Replace the whole document."""
        return self.may_commit(self.setting(path, fields))

    def may_change(self, path: str, field: str, value: object) -> bool:
        """Change one field, or one inside a map by its dotted path, of a document that is there."""
        return self.may_commit(self.changing(path, field, value))

    def may_remove(self, path: str, field: str) -> bool:
        """Remove one field."""
        return self.may_commit(self.setting(path, {}) | {"updateMask": {"fieldPaths": [field]}})

    def may_increment(self, path: str, field: str) -> bool:
        transform = {"fieldPath": field, "increment": {"integerValue": "1"}}
        return self.may_commit(
            self.setting(path, {})
            | {"updateMask": {"fieldPaths": []}, "updateTransforms": [transform]}
        )

    def may_delete(self, path: str) -> bool:
        return self.may_commit(self.deleting(path))

    def may_commit(self, *writes: JSON) -> bool:
        return self._allowed("POST", ":commit", {"writes": writes})

    def setting(self, path: str, fields: JSON) -> dict[str, Any]:
        encoded = {name: _encoded(value) for name, value in fields.items()}
        return {"update": {"name": self._name(path), "fields": encoded}}

    def changing(self, path: str, field: str, value: object) -> dict[str, Any]:
        *outer, inner = field.split(".")
        nested = {inner: value}
        for name in reversed(outer):
            nested = {name: nested}
        return self.setting(path, nested) | {
            "updateMask": {"fieldPaths": [field]},
            "currentDocument": {"exists": True},
        }

    def deleting(self, path: str) -> dict[str, Any]:
        return {"delete": self._name(path)}

    def _name(self, path: str) -> str:
        return f"{self.root.split('/v1/', 1)[1]}/{path}"

    def _allowed(self, method: str, path: str, body: JSON | None = None) -> bool:
        answer = requests.request(
            method,
            self.root + path,
            json=body,
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
            timeout=TIMEOUT_SECONDS,
        )
        if answer.status_code not in (200, 403, 404):
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.status_code != 403


@dataclass(frozen=True, slots=True)
class Database:
    """The default database of one project in the emulator."""

    host: str
    project: str

    def load_rules(self, text: str) -> None:
        files = [{"name": "firestore.rules", "content": text}]
        answer = requests.put(
            f"http://{self.host}/emulator/v1/projects/{self.project}:securityRules",
            json={"rules": {"files": files}},
            timeout=TIMEOUT_SECONDS,
        )
        assert answer.ok, answer.text

    def reset(self, documents: Mapping[str, JSON]) -> None:
        """Hold these documents and no others."""
        everything = f"/emulator/v1/{self._path}"
        requests.delete(
            f"http://{self.host}{everything}", timeout=TIMEOUT_SECONDS
        ).raise_for_status()
        server = self.client(OWNER)
        assert server.may_commit(*(server.setting(p, fields) for p, fields in documents.items()))

    def client(self, token: str | None = None) -> Client:
        return Client(f"http://{self.host}/v1/{self._path}", token)

    @property
    def _path(self) -> str:
        return f"projects/{self.project}/databases/(default)/documents"


def equal(field: str, value: object) -> JSON:
    return _filter(field, "EQUAL", value)


def one_of(field: str, values: Sequence[object]) -> JSON:
    return _filter(field, "IN", list(values))


def containing(field: str, value: object) -> JSON:
    return _filter(field, "ARRAY_CONTAINS", value)


def structured_query(
    collection: str, where: Sequence[JSON], order: str | None = None, group: bool = False
) -> JSON:
    """`order` names a field; a minus before it turns it round."""
    query: dict[str, Any] = {"from": [{"collectionId": collection, "allDescendants": group}]}
    if where:
        query["where"] = {"compositeFilter": {"op": "AND", "filters": list(where)}}
    if order:
        direction = "DESCENDING" if order.startswith("-") else "ASCENDING"
        field = {"fieldPath": order.removeprefix("-")}
        query["orderBy"] = [{"field": field, "direction": direction}]
    return query


def _filter(field: str, operator: str, value: object) -> JSON:
    return {
        "fieldFilter": {"field": {"fieldPath": field}, "op": operator, "value": _encoded(value)}
    }


def _segment(value: JSON) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _encoded(value: object) -> JSON:
    match value:
        case None:
            return {"nullValue": None}
        case bool():
            return {"booleanValue": value}
        case int():
            return {"integerValue": str(value)}
        case list():
            return {"arrayValue": {"values": [_encoded(item) for item in value]}}
        case dict():
            return {"mapValue": {"fields": {name: _encoded(item) for name, item in value.items()}}}
        case _:
            return {"stringValue": str(value)}
