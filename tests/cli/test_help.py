"""Help as it is shown at 80 columns. `python tests/cli/test_help.py` writes the expected texts anew."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from artelier.cli.commands import COMMANDS
from artelier.cli.wrong_usage import in_words

_HERE = Path(__file__).parent
_ALL = """
import sys
from typer.main import get_command
from artelier.cli.commands import COMMANDS, build_app
from artelier.cli.words import choose_language
choose_language(["--lang", sys.argv[1]])
def show(command, parent, name):
    context = command.context_class(command, info_name=name, parent=parent, **({} if parent else command.context_settings))
    print(f"### {context.command_path}")
    print(command.get_help(context) + "\\n")
    return context
root = get_command(build_app([]))
show(root, None, "artelier")
for each in COMMANDS:
    application = get_command(build_app([each.name]))
    context = application.context_class(application, info_name="artelier", **application.context_settings)
    command = application.commands[each.name]
    inner = show(command, context, each.name)
    for name, one in getattr(command, "commands", {}).items():
        show(one, inner, name)
"""


def _help(language):
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", _ALL, language], env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.mark.parametrize("language", ["en", "ru"])
def test_help_is_as_it_was(language):
    shown = _help(language)
    assert shown == (_HERE / f"help_{language}.txt").read_text("utf-8")
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert all(f"### artelier {command.name}\n" in shown for command in COMMANDS)


def test_numbers_are_told_as_numbers():
    shown = (_HERE / "help_en.txt").read_text("utf-8")
    assert "--patience <number>" in shown
    assert "[default: 60]" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("exce",), "artelier: There is no command exce. Did you mean exec?\nSee `artelier --help`.\n"),
        (("runs", "watch"), "artelier: RUN is missing.\nSee `artelier runs watch --help`.\n"),
        (("exec", "x", "--bo"), "artelier: There is no option --bo."),
        (("exec", "x", "--agent"), "artelier: --agent needs a value.\n"),
        (("exec", "x", "y"), "artelier: This is too much: y.\n"),
        (("serve", "--port", "x"), "artelier: --port does not fit: "),
    ],
)
def test_wrong_usage_says_what_and_where_to_look(house, words, told):
    assert house.ask(*words, code=2).stderr.startswith(told)


def test_wrong_usage_in_russian(house):
    assert (
        house.run("exce", code=2, LANG="ru_RU.UTF-8").stderr
        == "artelier: Команды exce нет. Может быть, exec?\nСправка: `artelier --help`.\n"
    )


def test_words_we_do_not_know_stay():
    assert in_words("Something else.") == "Something else."


def test_version_needs_no_command(house):
    assert house.run("--version").stdout.startswith("artelier ")


def test_completion_knows_commands_and_options(house):
    asked = {"_ARTELIER_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    assert "workspaces" in house.run(**asked, COMP_WORDS="artelier ").stdout.split()
    options = house.run(**{**asked, "COMP_CWORD": "2"}, COMP_WORDS="artelier exec --").stdout.split()
    assert {"--agent", "--stream-json"} <= set(options)
    inner = house.run(**{**asked, "COMP_CWORD": "2"}, COMP_WORDS="artelier runs ").stdout.split()
    assert "watch" in inner


def test_nothing_heavy_is_loaded_for_help():
    program = "import sys; from artelier.cli.commands import build_app; build_app(['--help']); print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout.split())
    assert not loaded & {"fastapi", "sqlalchemy", "pydantic", "prompt_toolkit", "httpx2", "aiohttp", "uvicorn", "rich.console"}


if __name__ == "__main__":
    for chosen in ("en", "ru"):
        (_HERE / f"help_{chosen}.txt").write_text(_help(chosen), "utf-8")
