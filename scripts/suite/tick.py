"""Runs a scheduled function of the local suite: `tick NAME`."""

from scripts.suite import lifecycle, manifest
from scripts.suite.console import Refusal, run_verb
from scripts.suite.emulators import FUNCTIONS
from scripts.suite.environment import HUB
from scripts.suite.http import NoAnswer, call
from scripts.suite.manifest import Function

_PATIENCE = 600


def tick(arguments: list[str]) -> int:
    function = _scheduled(arguments)
    if not lifecycle.running():
        raise Refusal("No suite of this clone runs: start it with scripts/up.")
    status, answer = _run(function)
    print(f"{function.name}: {status} {answer.decode(errors='replace').strip()}".rstrip())
    return 0 if status < 300 else 1


def _scheduled(arguments: list[str]) -> Function:
    known = {function.name: function for function in manifest.functions() if function.scheduled}
    if len(arguments) != 1 or arguments[0] not in known:
        raise Refusal(f"Name one scheduled function; known are: {', '.join(known)}.")
    return known[arguments[0]]


def _run(function: Function) -> tuple[int, bytes]:
    url = f"{FUNCTIONS}/functions/projects/{HUB}/triggers/{function.trigger_id}"
    try:
        return call("POST", url, timeout=_PATIENCE)
    except NoAnswer as error:
        raise Refusal(f"{function.name} gave no answer: {error}") from error


if __name__ == "__main__":
    run_verb(tick)
