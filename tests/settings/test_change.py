"""Changes of the settings file keep what people wrote around it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.errors import SettingsError
from artelier.settings import changed_text

TEXT = """# Mine.
[limits]
steps = 40   # enough

# Never push.
[[approvals.rules]]
tool = "git_push"
decision = "forbid"

# Ask of these.
[[approvals.rules]]
tool = "git_*"
decision = "ask"
"""


def test_a_value_changes_and_its_comment_stays():
    changed = changed_text(TEXT, {"limits.steps": 60, "limits.money": 2.5})
    assert "# Mine." in changed
    assert "steps = 60   # enough" in changed
    assert tomllib.loads(changed)["limits"] == {"steps": 60, "money": 2.5}


def test_none_takes_a_value_out():
    assert "steps" not in tomllib.loads(changed_text(TEXT, {"limits.steps": None, "money.currency": None}))["limits"]


def test_sections_are_made_where_they_are_missing():
    assert tomllib.loads(changed_text("", {"sandbox.network": "proxy", "routing.high": 0.9})) == {
        "sandbox": {"network": "proxy"},
        "routing": {"high": 0.9},
    }


def test_rules_that_stay_keep_their_comments():
    push, ask = tomllib.loads(TEXT)["approvals"]["rules"]
    new = {"tool": "write_file", "decision": "allow", "path": None}
    changed = changed_text(TEXT, {"approvals.rules": [push, ask, new]})
    assert tomllib.loads(changed)["approvals"]["rules"] == [push, ask, {"tool": "write_file", "decision": "allow"}]
    assert "# Ask of these." in changed
    assert tomllib.loads(changed_text(TEXT, {"approvals.rules": []}))["approvals"]["rules"] == []


@pytest.mark.parametrize("text", ["[limits\n", 'limits = "none"\n'])
def test_a_broken_file_is_left_alone(text):
    with pytest.raises(SettingsError, match="Correct the file first"):
        changed_text(text, {"limits.steps": 1})


@given(st.dictionaries(st.sampled_from(["limits.steps", "limits.tokens", "undo.files"]), st.integers(0, 10**9), min_size=1))
def test_what_is_changed_is_what_is_read(changes):
    read = tomllib.loads(changed_text(TEXT, changes))
    for name, value in changes.items():
        section, key = name.split(".")
        assert read[section][key] == value
    assert read["approvals"] == tomllib.loads(TEXT)["approvals"]
