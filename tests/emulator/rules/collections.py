"""The collections that the code names: by calls, and by the paths that it writes out."""

import ast
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared"
NO_STORES = ("entry", "kernel", "platform")
NAMED_BY = {"collection": 0, "collection_group": 0, "Known": 1, "Kind": 0}
PATH = re.compile(r"(?!application/|projects/)(\{\}|[a-z_]+)(/(\{\}|[a-z_]+))*/?")
NAME = re.compile(r"[a-z_]+")
# Any file that may name one; the others need not be parsed.
HINT = re.compile(rf"[a-z_}}]/[\"'{{a-z_]|\b(?:{'|'.join(NAMED_BY)})\(")
Constants = Mapping[str, str]


@functools.cache
def named_in_code() -> set[str]:
    """Each collection's name, wherever in `shared` it stands."""
    texts = (file.read_text() for file in _files())
    modules = [ast.parse(text) for text in texts if HINT.search(text)]
    constants = {name: text for module in modules for name, text in _constants(module)}
    return {name for module in modules for name in _names(module, constants)}


def _files() -> Iterator[Path]:
    for file in SHARED.rglob("*.py"):
        if file.relative_to(SHARED).parts[0] not in NO_STORES:
            yield file


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    for line in module.body:
        if not isinstance(line, ast.Assign):
            continue
        for target in line.targets:
            pairs = zip(_parts(target), _parts(line.value), strict=False)
            yield from (
                (name.id, _text(value, {}))
                for name, value in pairs
                if isinstance(name, ast.Name) and _is_text(value)
            )


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _names(module: ast.Module, constants: Constants) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from _called(node, constants)
        elif isinstance(node, ast.JoinedStr) or _is_text(node):
            yield from _in_path(_text(node, constants))


def _called(call: ast.Call, constants: Constants) -> Iterator[str]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    place = NAMED_BY.get(name)
    if place is not None and len(call.args) > place:
        text = _text(call.args[place], constants)
        if NAME.fullmatch(text):
            yield text


def _in_path(text: str) -> Iterator[str]:
    """Every other part of a path is a collection; what begins with a value may begin anywhere."""
    if "/" not in text or not PATH.fullmatch(text):
        return
    parts = text.strip("/").split("/")
    yield from (p for p in parts[text.startswith("{}") :: 2] if NAME.fullmatch(p))


def _text(node: ast.AST, constants: Constants) -> str:
    """What is written, with `{}` for each value that is not."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, constants) for part in node.values)
    if isinstance(node, ast.Constant):
        return str(node.value)
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    return constants.get(inner.id, "{}") if isinstance(inner, ast.Name) else "{}"
