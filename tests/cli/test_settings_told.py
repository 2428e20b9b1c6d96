"""What is wrong with settings, in Russian: with the same file, line and setting as in English."""

import ast
from pathlib import Path

import pytest

import artelier.settings
from artelier.cli.russian_settings import VALIDATORS
from artelier.cli.settings_words import problem_words
from artelier.cli.words import choose_language
from artelier.settings import Places, read_settings
from artelier.settings.problems import Problem


@pytest.fixture
def problems(tmp_path):
    choose_language(["--lang=ru"])

    def told(text):
        file = tmp_path / "artelier.toml"
        file.write_text(text)
        found = read_settings(Places(file, named=True, state_folder=tmp_path / "state"), {}).problems
        return [problem_words(problem).removeprefix(f"{file}:") for problem in found]

    yield told
    choose_language(["--lang=en"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[server]\nport = "abc"\n', "2: server.port: нужно целое число (сейчас 'abc')."),
        ("[server]\nprot = 5\n", "2: server.prot: такой настройки нет; проверьте написание или уберите её."),
        ("[server]\nport = 99999\n", "2: server.port: нужно не больше, чем 65535 (сейчас 99999)."),
        ('[money]\ncurrency = "RUB"\n', "1: money: второй валюте нужны и currency, и per_dollar."),
    ],
)
def test_a_value_that_does_not_fit_is_told(problems, text, said):
    assert problems(text) == [said]


def test_what_is_no_toml_is_told(problems):
    (said,) = problems("[x\n")
    assert said.startswith("1: Это не TOML: ")
    assert said.endswith(" Исправьте строку.")


def test_what_no_code_says_is_told_as_it_was_found(problems):
    (said,) = problems('[[tools.mcp]]\nname = "a"\n')
    assert "the MCP server a needs either a command or a url" in said
    assert problem_words(Problem("a", 1, "b", "It is odd.", "less_than", {})) == "a:1: b: It is odd."
    assert problem_words(Problem("a", 1, "b", "It is odd.", "of_a_newer_pydantic", {})) == "a:1: b: It is odd."


def test_every_rule_of_our_own_without_parameters_has_words():
    rules = set()
    for file in Path(artelier.settings.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError" and isinstance(node.args[0], ast.Constant):
                rules.add(node.args[0].value)
    assert rules == set(VALIDATORS)
