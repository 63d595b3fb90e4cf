"""Holds what is deployed together: main.py, functions.yaml, firebase.json and the folders."""

import ast
import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from scripts.suite import manifest
from scripts.suite.environment import REGION
from scripts.suite.manifest import Function
from scripts.suite.paths import ROOT

GATEWAY = "gateway"
KEYS = ("/.well-known/jwks.json", "auth")
NOT_DEPLOYED = ("docs", "scripts", "tests", "venv")


def complaints(root: Path = ROOT) -> list[str]:
    """What does not hold, a line each; nothing when all of it does."""
    modules, functions = _modules(root), manifest.functions(root)
    firebase = json.loads((root / "firebase.json").read_text())
    return [
        *_names(modules, functions),
        *_settings(functions),
        *_open_to_all(functions),
        *_retries(functions),
        *_definitions(root, modules),
        *_rewrites(firebase["hosting"]["rewrites"], functions),
        *_upload(root, firebase["functions"][0]["ignore"]),
    ]


def _modules(root: Path) -> dict[str, str]:
    """main.py's table, read without importing what it names."""
    for statement in ast.parse((root / "main.py").read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "FUNCTIONS":
            table: dict[str, str] = ast.literal_eval(statement.value)
            return table
    return {}


def _names(modules: dict[str, str], functions: list[Function]) -> list[str]:
    ours, triggered = list(modules), [function.name for function in functions]
    found = [f"main.py: {name} has no entry in functions.yaml" for name in _less(ours, triggered)]
    found += [f"functions.yaml: {name} is not in main.py" for name in _less(triggered, ours)]
    places = {"main.py": ours, "functions.yaml": triggered}
    return found + [
        f"{place}: not alphabetical" for place, names in places.items() if names != sorted(names)
    ]


def _less(some: list[str], others: list[str]) -> list[str]:
    return [name for name in some if name not in others]


def _settings(functions: list[Function]) -> list[str]:
    expected = {"platform": "gcfv2", "region": [REGION]}
    return [
        f"functions.yaml: {function.name} should have {key}: {value}"
        for function in functions
        for key, value in (expected | {"entryPoint": function.name}).items()
        if function.settings.get(key) != value
    ]


def _retries(functions: list[Function]) -> list[str]:
    """The platform drops an event that failed, unless it is told to try again."""
    return [
        f"functions.yaml: {function.name} should have retry: true"
        for function in functions
        if function.event and function.event.get("retry") is not True
    ]


def _open_to_all(functions: list[Function]) -> list[str]:
    """Who sends events or runs schedules is told by IAM alone, which must not let anybody in."""
    return [
        f"functions.yaml: {function.name} takes events and must not be called by everybody"
        for function in functions
        if (function.event or function.scheduled)
        and (function.over_http or "invoker" in function.settings)
    ]


def _definitions(root: Path, modules: dict[str, str]) -> list[str]:
    return [
        f"main.py: {module} defines no {name}"
        for name, module in modules.items()
        if name not in _defined(root / f"{module.replace('.', '/')}.py")
    ]


def _defined(file: Path) -> set[str]:
    statements = ast.parse(file.read_text()).body if file.exists() else []
    named = {node.name for node in statements if isinstance(node, ast.FunctionDef)}
    assigned = [node.targets[0] for node in statements if isinstance(node, ast.Assign)]
    return named | {target.id for target in assigned if isinstance(target, ast.Name)}


def _rewrites(rewrites: list[dict[str, Any]], functions: list[Function]) -> list[str]:
    areas = [function.name for function in functions if function.over_http]
    expected = [(f"/api/v1/{area}/**", area) for area in areas if area != GATEWAY]
    expected += [("/api/**", GATEWAY), KEYS]
    there = [(rewrite["source"], rewrite["function"]["functionId"]) for rewrite in rewrites]
    found = [
        f"firebase.json: no rewrite {source} to {name}"
        for source, name in expected
        if (source, name) not in there
    ]
    found += [
        f"firebase.json: rewrite {source} to {name} leads nowhere"
        for source, name in there
        if (source, name) not in expected
    ]
    return found or ([] if there == expected else ["firebase.json: rewrites are out of order"])


def _upload(root: Path, ignored: list[str]) -> list[str]:
    """firebase-tools holds each pattern against the name of each file and folder."""
    sources = [root / "main.py", root / "requirements.txt"]
    sources += [file for half in ("functions", "shared") for file in (root / half).rglob("*.py")]
    paths = [source.relative_to(root) for source in sources]
    names = {name for path in paths for name in path.parts}
    kept = {name for name in names if _ignored(name, ignored)}
    found = [
        f"firebase.json: the ignore list keeps {path} from being deployed"
        for path in paths
        if kept.intersection(path.parts)
    ]
    return found + [
        f"firebase.json: {name} would be deployed"
        for name in NOT_DEPLOYED
        if not _ignored(name, ignored)
    ]


def _ignored(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)
