"""What the page about building agents shows works as it is printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_program import PROGRAM

PAGE = Path(__file__).parents[2] / "docs/how-to/build-agents.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILES = dict(re.findall(r"`(\S+)`:\n\n```\w+\n(.*?)```", TEXT, re.DOTALL))


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    (tmp_path / "artelier.toml").touch()
    (tmp_path / "playground").mkdir()
    (tmp_path / "playground/add.py").write_text("def add(a, b): return a + b\n")
    return tmp_path


def start(project, *words, text=""):
    environment = {**os.environ, "ARTELIER_STATE": str(project / "state"), "LANG": "en_US.UTF-8", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    return subprocess.run(words, cwd=project, env=environment, input=text, capture_output=True, text=True, timeout=120, check=False)


def test_the_files_are_those_of_the_page():
    assert set(FILES) == {"agents/tester.md", "turns.yaml", "test_tester.py"}


def test_its_tests_pass_and_its_fixture_is_shared(project):
    fixture = re.search(r"```python\n(import pytest_asyncio.*?)```", TEXT, re.DOTALL)[1]
    test = '@pytest.mark.asyncio(loop_scope="module")\nasync def test_one(server):\n    assert (await server.run("hi")).reply == "Hello."\n'
    imports = "import pytest\nfrom artelier.testing import script, serving\n"
    (project / "test_shared.py").write_text(imports + fixture + test + test.replace("one", "another"))
    ended = start(project, sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider")
    assert ended.returncode == 0, ended.stdout
    assert "5 passed" in ended.stdout


def test_its_agent_is_tried_by_the_printed_command(project):
    command = re.search(r"^artelier (chat .*)$", TEXT, re.MULTILINE)[1].split()
    ended = start(project, *PROGRAM, *command, text="test add.py\na\n")
    assert "Tested." in ended.stdout, ended.stderr
    assert (project / "playground/tests/test_add.py").read_text() == "def test_add(): ...\n"
