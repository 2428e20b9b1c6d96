"""The command line as a person starts it: a process of its own, a state folder of its own."""

import json
import os
import signal
import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest import mock

import pytest

from artelier.cli.main import main
from terminal_program import PROGRAM

PATIENCE = 30


class House:
    """A workspace, a state folder, settings, and a way to run commands over them."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        (self.workspace / "a.txt").write_text("one\ntwo\nthree\n")
        self.settings = folder / "artelier.toml"
        self.settings.write_text("[models]\nfind_local = false\n")
        self._folder = folder
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")
        }
        self.environment = {
            **kept,
            "ARTELIER_STATE": str(folder / "state"),
            "ARTELIER_CONFIG": str(self.settings),
            "LANG": "en_US.UTF-8",
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }

    def script(self, *turns: dict, name: str = "script") -> str:
        """Write what a model says; return the name of the model that says it."""
        file = self._folder / f"{name}.json"
        file.write_text(json.dumps(turns))
        return f"scripted:{file}"

    def run(self, *words: str, text: str = "", code: int | None = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        ended = subprocess.run(
            [*PROGRAM, *words],
            input=text,
            env={**self.environment, **environment},
            cwd=self.workspace,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert code is None or ended.returncode == code, f"{words} ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
        return ended

    def ask(self, *words: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in this process, which is quicker: for what needs no process of its own."""
        streams = [TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2)]
        with (
            mock.patch.dict(os.environ, {**self.environment, **environment}, clear=True),
            chdir(self.workspace),
            redirect_stdout(streams[0]),
            redirect_stderr(streams[1]),
            pytest.raises(SystemExit) as ended,
        ):
            main(words)
        shown, told = (stream.buffer.getvalue().decode() for stream in streams)
        assert (ended.value.code or 0) == code, f"{words} ended with {ended.value.code}: {shown}{told}"
        return subprocess.CompletedProcess(words, code, shown, told)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*PROGRAM, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            cwd=self.workspace,
            text=True,
        )


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server at work, with a scripted model; shared by a module."""
    house = House(tmp_path_factory.mktemp("served"))
    turns = [
        {"text": "All is well.", "when_text_contains": "greet"},
        {
            "text": "I write.",
            "calls": [{"name": "write_file", "arguments": {"path": "b.txt", "content": "b\n"}}],
            "when_text_contains": "write",
        },
        {"text": "Written.", "when_text_contains": "write"},
        {"fault": "hang", "when_text_contains": "hang"},
    ]
    house.script(*turns)
    house.settings.write_text(
        '[models]\ndefault = "scripted"\nfind_local = false\n[routing]\nlearned = false\n'
        f'[models.providers.scripted]\nkind = "scripted"\nfile = "{house.settings.parent / "script.json"}"\n'
    )
    server = house.start("serve", "--port", "0")
    line = server.stdout.readline()
    assert "serves on" in line, line + server.stderr.read()
    house.address = line.split()[-1]
    yield house
    server.send_signal(signal.SIGINT)
    assert server.wait(PATIENCE) == 0
    server.stdout.close()
    server.stderr.close()
