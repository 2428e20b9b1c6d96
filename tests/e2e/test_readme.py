"""The first conversation of both READMEs, as it stands there: typed into a terminal, and shown line for line."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal import Terminal
from terminal_program import PROGRAM

ROOT = Path(__file__).parents[2]
PATIENCE = 30
PAGES = {
    "en": ("README.md", "## The first conversation", "a approve", "✓ approved", " tokens", "as it was"),
    "ru": ("README.ru.md", "## Первый разговор", "разрешить", "✓ разрешено", " токен", "как было"),
}
"""A page, its heading, and what tells that a question is asked and answered, a run has ended, files are put back."""
_TOOK = re.compile(r"\d+([.,]\d+)? (?:ms|s|мс|с)\b")
_EARLY = re.compile(r"\b(?:early|досрочно)\b")
"""Whether a call began before the reply's end is a matter of moments, and so is where its bar stands."""
_BARS = re.compile(r"[▪▬▫│]")
_CLOCK = re.compile(r"\d+:\d\d:\d\d")
_SURE = re.compile(r"\b0[.,]\d\d\b")
"""How sure the router is changes with what it has learned."""


def plain(text: str) -> str:
    """Return a text without what differs from run to run, and in one line."""
    text = _SURE.sub("SURE", _CLOCK.sub("CLOCK", _TOOK.sub("TIME", text)))
    return " ".join(_BARS.sub("", _EARLY.sub("", text)).replace("↯", "✓").split())


def conversation(page: str, heading: str) -> list[str]:
    """Return the lines of the transcript: all of the section's blocks from the first that says something to the agent."""
    section = (ROOT / page).read_text(encoding="utf-8").partition(heading)[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    first = next(place for place, block in enumerate(blocks) if block.startswith("> "))
    last = max(place for place, block in enumerate(blocks) if "> /" in block)
    return [line for block in blocks[first : last + 1] for line in block.splitlines()]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[dict[str, str]]:
    shutil.copytree(ROOT / "examples" / "workspace", tmp_path / "workspace")
    (tmp_path / "artelier.toml").write_text("[models]\nfind_local = false\n")
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "ARTELIER_STATE": str(tmp_path / "state"),
        "ARTELIER_CONFIG": str(tmp_path / "artelier.toml"),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
    }
    server = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", "--workspace", str(tmp_path / "workspace")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=tmp_path,
        text=True,
    )
    assert "serves on" in server.stdout.readline()
    yield environment
    server.terminate()
    server.wait(PATIENCE)
    server.stdout.close()


@pytest.mark.parametrize("language", PAGES)
def test_the_first_conversation_is_as_the_readme_shows_it(house, tmp_path, language):
    page, heading, asked, approved, ended, restored = PAGES[language]
    lines = conversation(page, heading)
    message, *commands = [line[2:] for line in lines if line.startswith("> ")]
    assert commands == ["/diff", "/undo"]
    project = tmp_path / "workspace" / "pyproject.toml"
    with Terminal([*PROGRAM, "chat", "--lang", language], house, tmp_path / "workspace") as shown:
        shown.expect("/help")
        shown.expect("^F")
        shown.press(f"{message}\r")
        shown.expect(asked)
        assert 'version = "0.1.0"' in project.read_text()
        shown.press_until("a", approved)
        shown.expect(ended)
        assert 'version = "0.2.0"' in project.read_text()
        shown.press("\x15/diff\r")  # an «a» pressed once too often is wiped away
        shown.expect('+version = "0.2.0"')
        shown.press("/undo\r")
        shown.expect(restored)
        assert 'version = "0.1.0"' in project.read_text()
        shown.press("/exit\r")
        assert shown.end() == 0
        whole = plain(shown.shown)
    place = 0
    for line in filter(None, map(plain, lines)):
        place = whole.find(line, place)
        assert place >= 0, f"{line!r} is in the README and was not shown there: {whole[-4000:]}"


def test_what_a_session_changed_is_shown_and_undone_from_outside(house, tmp_path):
    """``sessions diff`` and ``sessions undo``, as the README names them."""
    message = "change the version to 0.2.0 in pyproject.toml"

    def run(*words: str) -> str:
        done = subprocess.run(
            [*PROGRAM, *words], env=house, cwd=tmp_path / "workspace", capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        return done.stdout

    run("exec", message, "--model", "rehearsal", "--yes")
    (session,) = [each["id"] for each in json.loads(run("sessions", "--json"))]
    assert '+version = "0.2.0"' in run("sessions", "diff", session)
    run("sessions", "undo", session, "--dry-run")
    assert "0.2.0" in (tmp_path / "workspace" / "pyproject.toml").read_text()
    assert '+version = "0.1.0"' in run("sessions", "undo", session)
    assert "0.1.0" in (tmp_path / "workspace" / "pyproject.toml").read_text()
