"""The OpenAPI document as one page: no script, nothing from elsewhere."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

Json = dict[str, Any]
TOLD = ("parameters", "requestBody")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
summary { cursor: pointer; padding: .3rem 0 } details { border-bottom: 1px solid #ddd }
b { display: inline-block; width: 4.5rem; font: bold 14px monospace } code { font-size: 15px }
pre { background: #f4f4f4; padding: .8rem; overflow: auto } small { color: #555 }
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; frame-ancestors 'none'"
)


def page(document: Json) -> str:
    """HTML of all calls by area, and of the models that they take and give."""
    title = escape(document["info"]["title"])
    body = "".join([*_calls(document["paths"]), *_models(document["components"]["schemas"])])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1>"
        f'<p><a href="/api/v1/openapi.json">openapi.json</a></p>{body}</html>'
    )


def _calls(paths: Json) -> Iterator[str]:
    known = ""
    for path, methods in paths.items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            yield "" if tag == known else f"<h2>{escape(tag)}</h2>"
            yield _call(method, path, operation)
            known = tag


def _call(method: str, path: str, operation: Json) -> str:
    told = {name: operation[name] for name in TOLD if operation.get(name)}
    told |= {status: _short(answer) for status, answer in operation["responses"].items()}
    summary = f"<small>{escape(operation['summary'])}</small>"
    line = f"<b>{method.upper()}</b><code>{escape(path)}</code> {summary}"
    return _folded(line, told, operation["operationId"])


def _short(answer: Json) -> Any:
    """What an answer holds; of a problem its name."""
    return answer.get("$ref") or answer.get("content") or answer["description"]


def _models(schemas: Json) -> Iterator[str]:
    yield "<h2>Models</h2>"
    for name in sorted(schemas):
        yield _folded(f"<code>{escape(name)}</code>", schemas[name], f"model-{name}")


def _folded(line: str, told: Json, anchor: str) -> str:
    text = escape(json.dumps(told, indent=2, ensure_ascii=False))
    return f'<details id="{escape(anchor)}"><summary>{line}</summary><pre>{text}</pre></details>'
