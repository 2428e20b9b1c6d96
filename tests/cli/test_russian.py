import ast
import string
from pathlib import Path

import artelier.cli
from artelier.cli import (
    cache,
    cards,
    changes,
    commands,
    doctor,
    identifiers,
    initial,
    listing,
    question_cards,
    questions,
    results,
    slash,
    usage,
    wrong_usage,
)
from artelier.cli.russian import RUSSIAN
from artelier.settings import VENDORS
from artelier.workspaces.sandbox.warnings import CODES

_FOLDER = Path(artelier.cli.__file__).parent
_TREES = [ast.parse(file.read_text("utf-8")) for file in _FOLDER.glob("*.py") if not file.name.startswith("russian")]
_SAME = {"", "scripted:FILE", "Python"}
"""Texts that are the same in both languages."""


def _calls(name):
    return [node for tree in _TREES for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name]


def _strings(node):
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _said():
    """Every English text that is looked up: literals of ``tr``, columns of tables, and the tables of words."""
    said = {node.args[0].value for node in _calls("tr") if isinstance(node.args[0], ast.Constant)}
    for node in _calls("show"):
        if len(node.args) == 3:
            said |= _strings(node.args[1]) | _strings(node.args[2])
    said |= {node.args[0].value for node in _calls("Finding") if isinstance(node.args[0], ast.Constant)}
    for command in commands.COMMANDS:
        said |= {command.words, command.group, command.details}
    said |= set(listing.STATES) | set(cards._SOURCES.values()) | set(question_cards._TITLES) | set(question_cards._TITLES.values())
    said |= set(question_cards._TOOL_TITLES.values()) | set(question_cards._LABELS.values()) | set(questions.SCOPES)
    said |= (
        {word for _, _, word in results._STATES.values()}
        | set(slash.COMMANDS.values())
        | set(slash.KEYS_HELP.values())
        | set(results._MARKS.values())
        | changes._REASONS
        | set(usage._LAYERS.values())
        | set(identifiers.TOLD.values())
        | set(cache._TIERS.values())
        | set(usage._BUDGETS.values())
        | set(usage._PERIODS.values())
        | set(doctor._LEVELS.values())
        | set(CODES)
        | {"created", "changed", "deleted"}
    )
    said |= (
        {text for _, text in wrong_usage._KNOWN}
        | ({offer.title for offer in initial.offers(())} - {vendor.title for vendor in VENDORS.values()})
        | {"allow", "ask", "forbid", "destructive", "outbound", "untrusted", "private", "reads only", "network", "writes", "labels"}
        | {"this run", "this session", "this workspace"}
        | {"<text>", "<path>", "<number>", "[OPTIONS]"}
    )
    return said - _SAME


def _fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_its_russian():
    assert sorted(_said() - set(RUSSIAN)) == []


def test_no_russian_is_left_over():
    assert sorted(set(RUSSIAN) - _said()) == []


def test_both_languages_have_the_same_fields():
    assert [english for english, russian in RUSSIAN.items() if _fields(english) != _fields(russian)] == []


def test_russian_is_written_as_it_should_be():
    for russian in RUSSIAN.values():
        assert "ожалуйста" not in russian
        assert '"' not in russian
        assert "!" not in russian
