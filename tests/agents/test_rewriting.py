"""Single fields of an agent's text are changed, and nothing else of it is."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from artelier.agents.rewriting import HEAD, tools_for, with_fields
from artelier.domain.errors import SettingsError

TEXT = """---
# Who it is.
description: Writes.  # shortly
tools:
  - read_file  # always
  # the next one is dear
  - git_*

model: openai/small # cheap
limits:
  steps: 40   # enough
  money: 2.0

writes: [docs/**, "*.md"]
---
You write.

---
Not front matter.
"""


def held(text):
    return yaml.safe_load(HEAD.match(text)[2])


def test_a_value_is_changed_where_it_stands():
    assert with_fields(TEXT, {"model": "anthropic/claude"}) == TEXT.replace("openai/small", "anthropic/claude")
    assert with_fields(TEXT, {"writes": ["src/**"]}) == TEXT.replace('[docs/**, "*.md"]', "[src/**]")
    assert with_fields(TEXT, {"limits": {"steps": 7}}) == TEXT.replace("40   # enough", "7   # enough")


def test_lines_of_a_list_keep_what_is_said_beside_them():
    changed = with_fields(TEXT, {"tools": ["read_file", "git_log", "finish"]})
    assert "  - read_file  # always\n  # the next one is dear\n  - git_log\n  - finish\n\nmodel:" in changed
    assert with_fields(TEXT, {"tools": ["git_*"]}) == TEXT.replace("  - read_file  # always\n  # the next one is dear\n", "")


def test_what_is_missing_is_added_and_what_goes_takes_its_line_along():
    added = with_fields(TEXT, {"max_tokens": 4096, "limits": {"wall_seconds": 60.0}})
    assert '"*.md"]\nmax_tokens: 4096\n---\nYou write.' in added
    assert "  money: 2.0\n  wall_seconds: 60.0\n\nwrites" in added
    assert with_fields(TEXT, {"writes": None}) == TEXT.replace('writes: [docs/**, "*.md"]\n', "")
    assert with_fields(TEXT, {"model": None}) == TEXT.replace("model: openai/small # cheap\n", "")


def test_a_table_that_says_nothing_any_more_goes_whole():
    gone = with_fields(TEXT, {"limits": {"steps": None, "money": None}})
    assert "limits" not in held(gone)
    other = with_fields(TEXT, {"limits": {"steps": None, "money": None, "wall_seconds": 5.0}})
    assert held(other)["limits"] == {"wall_seconds": 5.0}
    assert with_fields("---\ndescription: x\ntools: [finish]\n---\nYou.\n", {"limits": {"steps": 3, "money": None}}) == (
        "---\ndescription: x\ntools: [finish]\nlimits: {steps: 3}\n---\nYou.\n"
    )


def test_a_table_in_one_line_is_written_anew():
    text = "---\ndescription: x\ntools: [finish]\nlimits: {steps: 3, calls: 9} # few\n---\nYou.\n"
    assert with_fields(text, {"limits": {"steps": 4}}) == text.replace("steps: 3", "steps: 4")
    assert with_fields(text, {"limits": {"steps": None}}) == text.replace("steps: 3, ", "")


@pytest.mark.parametrize(
    "head",
    [
        "{description: x, tools: [finish]}",
        "description: &a x\ntools: [finish]\nmodel: *a",
        "- a",
        "description: x\nmodel: a\nmodel: b",
        "a: [",
    ],
)
def test_what_only_a_person_can_change_is_refused(head):
    with pytest.raises(SettingsError, match="as text"):
        with_fields(f"---\n{head}\n---\nYou.\n", {"description": "y"} if "&a" in head else {"model": "c/d"})


def test_a_text_without_front_matter_is_refused():
    with pytest.raises(SettingsError, match="front matter"):
        with_fields("You write.", {"model": "a/b"})


SAID = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "model": st.none() | SAID,
        "max_tokens": st.none() | st.integers(1, 10**6),
        "writes": st.none() | st.lists(SAID, min_size=1, max_size=3),
        "tools": st.lists(SAID, min_size=1, max_size=4),
        "limits": st.dictionaries(st.sampled_from(["steps", "money", "wall_seconds"]), st.none() | st.integers(0, 99), min_size=1),
    },
)


@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_whatever_is_changed_can_be_changed_again_and_the_rest_stays(rounds):
    text = TEXT
    for changes in rounds:
        text = with_fields(text, changes)
        for name, value in changes.items():
            if name != "limits":
                assert held(text).get(name) == value
    assert held(text)["description"] == "Writes."
    assert "# Who it is.\ndescription: Writes.  # shortly\n" in text
    assert text.endswith("\n---\nYou write.\n\n---\nNot front matter.\n")


def test_a_pattern_stays_while_all_of_it_is_wanted():
    means = {"read_file": ["read_file"], "git_*": ["git_log", "git_push"], "docker_*": []}
    has = ["read_file", "git_log", "git_push"]
    assert tools_for(["read_file", "git_*", "docker_*"], means, [*has, "finish"], has) == ["read_file", "git_*", "docker_*", "finish"]
    assert tools_for(["read_file", "git_*", "docker_*"], means, ["git_log"], has) == ["git_log", "docker_*"]
