"""Measures us against a peer: `bench --list`, `bench NAME`; the last line is one JSON object."""

import json
import os
import pkgutil
from contextlib import nullcontext
from importlib import import_module
from types import ModuleType

from scripts.suite import benches, lifecycle
from scripts.suite.console import Refusal, run_verb
from scripts.suite.environment import suite_environment


def bench(arguments: list[str]) -> int:
    if arguments == ["--list"]:
        print("\n".join(f"{name:<16}{_purpose(_module(name))}" for name in names()))
        return 0
    return _measure(_chosen(arguments))


def names() -> list[str]:
    modules = pkgutil.iter_modules(benches.__path__)
    return sorted(
        module.name.replace("_", "-")
        for module in modules
        if not (module.ispkg or module.name.startswith("_"))
    )


def _chosen(arguments: list[str]) -> str:
    if len(arguments) != 1 or arguments[0] not in names():
        raise Refusal(f"Name one benchmark; known are: {', '.join(names())}.")
    return arguments[0]


def _module(name: str) -> ModuleType:
    return import_module(f"{benches.__name__}.{name.replace('-', '_')}")


def _purpose(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().partition("\n")[0]


def _measure(name: str) -> int:
    module = _module(name)
    with lifecycle.available() if getattr(module, "NEEDS_SUITE", False) else nullcontext():
        os.environ.update(suite_environment())
        measured = module.run()
    print(json.dumps({"bench": name} | measured), flush=True)
    return 0


if __name__ == "__main__":
    run_verb(bench)
