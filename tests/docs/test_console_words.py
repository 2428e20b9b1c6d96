"""The console has Russian for everything that is built in (docs/decisions/0049-words-by-code.md)."""

import re
from pathlib import Path

import pytest

from artelier.agents.loader import BUILT_IN

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "web" / "src" / "words"
TOOLS = (ROOT / "docs" / "reference" / "tools.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
UNSEEN = {"STALE_FENCE", "SEQUENCE_CONFLICT", "STATE_FOLDER_TAKEN", "MODEL_NOT_FOUND", "UNSUPPORTED_PARAMETER"}
"""Codes that the console is never told."""


def keys_of(file: str, table: str = "") -> set[str]:
    """Return the keys of a table of words; of the whole file where none is named."""
    text = (WORDS / file).read_text(encoding="utf-8")
    return set(re.findall(r"^  (\w+):", text[text.index(table) :].partition("\n};")[0], re.MULTILINE))


def effects_of_tools() -> dict[str, str]:
    return dict(re.findall(r"^## (\w+)\n.*?^Effect `(\w+)`", TOOLS, re.MULTILINE | re.DOTALL))


def test_every_tool_has_a_description() -> None:
    assert keys_of("catalogue.ts", "toolsInRussian") == set(effects_of_tools())


def test_every_agent_has_a_description() -> None:
    assert keys_of("catalogue.ts", "agentsInRussian") == {file.stem for file in BUILT_IN.glob("*.md")}


@pytest.mark.parametrize("effect", ["write", "execute", "outbound"])
def test_every_tool_that_asks_says_what_it_would_do(effect: str) -> None:
    asking = {name for name, its in effects_of_tools().items() if its == effect}
    assert asking
    assert asking <= keys_of("effects.ts", "effectsInRussian")


def test_every_error_has_words() -> None:
    known = set(re.findall(r"^## ([A-Z_]+)$", ERRORS, re.MULTILINE))
    assert known - keys_of("problems.ts", "RUSSIAN") - UNSEEN == set()
