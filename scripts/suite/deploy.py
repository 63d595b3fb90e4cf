"""Deploys to the hub and its members, or prints how: `deploy [--dry-run] [--env-file FILE]`."""

import argparse
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from scripts.suite import deployment
from scripts.suite.console import Refusal, run_verb, say
from scripts.suite.deploy_plan import Landscape, commands
from scripts.suite.paths import ROOT, cache
from scripts.suite.toolchain import Toolchain

_KMS_KEY = re.compile(
    r"projects/[a-z0-9:.-]+/locations/[a-z0-9-]+/keyRings/[\w-]+/cryptoKeys/[\w-]+", re.ASCII
)
_PROJECT_ID = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")


def deploy(arguments: list[str]) -> int:
    options = _options(arguments)
    landscape = _landscape(_environment(options.env_file))
    _require_deployable(landscape)
    landscape = replace(landscape, sealing_key=landscape.sealing_key or _hubs_key(landscape.hub))
    _require_sealing_key(landscape.sealing_key)
    plan = commands(landscape)
    if options.dry_run:
        print("\n".join(plan))
        return 0
    _require_gcloud()
    _require_whole()
    _require_settings(landscape)
    _require_rules(landscape)
    return _run(plan)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/deploy", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="print the commands, run none")
    parser.add_argument("--env-file", type=Path, help="a file with HYPHAE_HUB and HYPHAE_PROJECTS")
    return parser.parse_args(arguments)


def _environment(file: Path | None) -> dict[str, str]:
    if file is None:
        return dict(os.environ)
    if not file.is_file():
        raise Refusal(f"There is no file {file}.")
    lines = [line.strip() for line in file.read_text().splitlines() if "=" in line]
    pairs = [line.partition("=") for line in lines if not line.startswith("#")]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def _landscape(environment: dict[str, str]) -> Landscape:
    pairs = filter(None, environment.get("HYPHAE_PROJECTS", "").split(","))
    members = tuple(pair.partition("=")[2].strip() for pair in pairs)
    return Landscape(environment.get("HYPHAE_HUB", ""), members, environment.get("HYPHAE_KEK", ""))


def _hubs_key(hub: str) -> str:
    """What the hub's functions will find in their settings, as far as those are here already."""
    file = ROOT / f".env.{hub}"
    return _environment(file).get("HYPHAE_KEK", "") if file.is_file() else ""


def _require_deployable(landscape: Landscape) -> None:
    if not landscape.hub or not landscape.members:
        raise Refusal("HYPHAE_HUB and HYPHAE_PROJECTS say where to deploy: set them or --env-file.")
    for project in (landscape.hub, *landscape.members):
        if project.startswith("demo-"):
            raise Refusal(f"{project} is a local project: nothing can be deployed to it.")
        if not _PROJECT_ID.fullmatch(project):
            raise Refusal(f"{project!r} is no project id: HYPHAE_PROJECTS is app=acme-app,...")


def _require_sealing_key(name: str) -> None:
    """Whatever else it may be is not shown: it might be a key itself."""
    if name and not _KMS_KEY.fullmatch(name):
        raise Refusal("HYPHAE_KEK is no key of Cloud KMS: projects/P/locations/L/keyRings/R/...")


def _require_gcloud() -> None:
    if not shutil.which("gcloud"):
        raise Refusal("gcloud is needed to deploy: install the Google Cloud SDK and sign in.")


def _require_whole() -> None:
    if found := deployment.complaints():
        raise Refusal(f"The deployment does not hold: {found[0]}")


def _require_settings(landscape: Landscape) -> None:
    """firebase-tools gives a project's functions the variables in the file named after it."""
    for project in (landscape.hub, *landscape.members):
        file = ROOT / f".env.{project}"
        if not file.is_file():
            raise Refusal(f"The functions of {project} need their settings in {file.name}.")
        said = replace(_landscape(_environment(file)), sealing_key=landscape.sealing_key)
        if said != landscape:
            raise Refusal(f"{file.name} says HYPHAE_HUB or HYPHAE_PROJECTS otherwise.")


def _require_rules(landscape: Landscape) -> None:
    """Rules cannot learn which project they guard: the file says it, and must say it right."""
    rules = (ROOT / "firestore.rules").read_text()
    named = set(re.findall(r"'([^']+)'", "".join(re.findall(r"Projects?\(\) \{(.*?)\}", rules))))
    if named != {landscape.hub, *landscape.members}:
        raise Refusal("firestore.rules names other projects in hubProject() and memberProjects().")


def _run(plan: list[str]) -> int:
    environment = {**os.environ, "PATH": os.pathsep.join([*_tools(), os.environ["PATH"]])}
    for command in plan:
        say(f"$ {command}")
        shell = ["bash", "-c", command]
        if code := subprocess.run(shell, cwd=ROOT, env=environment, check=False).returncode:
            raise Refusal(f"Stopped: the last command failed with {code}.")
    return 0


def _tools() -> list[str]:
    """The pinned firebase-tools, and the Node that runs it unless it is the machine's."""
    tools = Toolchain.load()
    modules = next(place for place in Path(tools.firebase).parents if place.name == "node_modules")
    node = [place for place in Path(tools.node).parents[:1] if place.is_relative_to(cache())]
    return [str(place) for place in (modules / ".bin", *node)]


if __name__ == "__main__":
    run_verb(deploy)
