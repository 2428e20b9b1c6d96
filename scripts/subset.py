"""Prints the part of requirements.lock that running needs: the dependencies of the package without extras and groups.

The lock says under each pin who wants it, so nothing is resolved anew. Standard library only, Python 3.11: ``./run`` calls it
before anything is installed.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def subset(lock: str, project: str) -> str:
    """Return the blocks of a lock that a project's own dependencies lead to."""
    blocks = [block for block in re.split(r"\n(?=[a-z0-9])", lock.strip()) if "==" in block]
    wanted_by = {_name(block): set(_wanters(block)) for block in blocks}
    roots = {_canonical(name) for name in re.findall(r'^  "([A-Za-z0-9._-]+)', _dependencies(project), re.MULTILINE)}
    needed = roots & wanted_by.keys()
    while True:
        more = {name for name, wanters in wanted_by.items() if wanters & needed} - needed
        if not more:
            return "\n".join(block for block in blocks if _name(block) in needed) + "\n"
        needed |= more


def _dependencies(project: str) -> str:
    """Return the text between ``dependencies = [`` and its end."""
    return project.partition("\ndependencies = [")[2].partition("\n]")[0]


def _name(block: str) -> str:
    return _canonical(_NAME.match(block).group())  # type: ignore[union-attr]  # every block begins with a name


def _wanters(block: str) -> list[str]:
    told = re.findall(r"^    #(?: via)? +(\S+)", block, re.MULTILINE)
    return [_canonical(name) for name in told if name != "via"]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.stdout.write(
        subset((ROOT / "requirements.lock").read_text(encoding="utf-8"), (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    )
