import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from artelier.agents.loader import load_agent
from artelier.agents.roo_modes import import_modes
from artelier.domain.agents import Limits
from artelier.domain.errors import SettingsError

YAML = """\
customModes:
  - slug: Docs-Writer
    name: ✍️ Writer
    roleDefinition: |
      You write documents.
      ---
      Truly.
    whenToUse: >
      When documents
      are wanted: always.
    customInstructions: Be brief.
    groups:
      - read
      - - edit
        - fileRegex: \\.(md|mdx)$
          description: Markdown only
      - command
    source: project
"""


class Everything:
    def __contains__(self, name):
        return True


def mode(**fields):
    return json.dumps(
        {"customModes": [{"slug": "a", "name": "A", "roleDefinition": "You work.", "groups": ["read"], **fields}]}, indent="\t"
    )


def loaded(imported, folder):
    file = folder / f"{imported.name}.md"
    file.write_text(imported.text, "utf-8")
    return load_agent(file, Everything(), Limits())


def test_a_mode_becomes_an_agent_with_its_limits(tmp_path):
    (imported,) = import_modes(YAML)
    agent = loaded(imported, tmp_path)
    assert agent.name == "docs-writer"
    assert agent.description == "When documents are wanted: always."
    assert agent.writes == ("**/*.md", "**/*.mdx")
    assert {"read_file", "write_file", "execute_command", "ask_user"} <= set(agent.tools)
    assert agent.prompt.startswith("You write documents.\n---\nTruly.\n\nBe brief.\n\n- Paths")
    assert imported.lost == ("where writing is limited, its commands may only read",)


def test_a_group_brings_its_tools_and_no_other(tmp_path):
    agent = loaded(import_modes(mode(groups=["read", "mcp"]))[0], tmp_path)
    assert {"mcp", "read_file"} <= set(agent.tools)
    assert not {"write_file", "execute_command", "web_fetch"} & set(agent.tools)
    assert agent.writes == ()


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (["read", ["edit", {"fileRegex": "^(?!docs/).*"}]], "fileRegex"),
        (["read", ["edit", {"fileRegex": "\\.md$", "pathRegex": "^x/"}]], "pathRegex"),
        (["read", ["edit", {"fileRegex": 7}]], "fileRegex"),
        (["read", ["command", {"fileRegex": "x"}]], "command"),
        (["read", "teleport"], "teleport"),
        (["read", {"edit": 1}], "edit"),
    ],
)
def test_what_cannot_be_kept_is_left_out_and_said(tmp_path, groups, words):
    (imported,) = import_modes(mode(groups=groups))
    assert any(words in each for each in imported.lost)
    assert not {"write_file", "execute_command"} & set(loaded(imported, tmp_path).tools)


def test_names_that_are_taken_and_unknown_fields_are_said():
    (imported,) = import_modes(mode(slug="ask", rulesFiles=[1]), {"ask"})
    assert "takes the place" in " ".join(imported.lost)
    assert "rulesFiles" in " ".join(imported.lost)
    with pytest.raises(SettingsError, match="Two modes"):
        import_modes(yaml.safe_dump({"customModes": [{"slug": "A b", "roleDefinition": "x"}, {"slug": "a-b", "roleDefinition": "y"}]}))


@pytest.mark.parametrize(
    "text", ["", "[", "a: b", "customModes: []", "customModes: [1]", "customModes: [{slug: x}]", "- \tx: [", "x" * 1100000]
)
def test_other_files_are_refused(text):
    with pytest.raises(SettingsError):
        import_modes(text)


@given(slug=st.text(min_size=1), role=st.text(min_size=1), why=st.text(), groups=st.lists(st.sampled_from(["read", "edit", 1, None, []])))
def test_whatever_it_says_the_file_loads(tmp_path_factory, slug, role, why, groups):
    try:
        (imported,) = import_modes(mode(slug=slug, roleDefinition=role, whenToUse=why, groups=groups))
    except SettingsError:
        return
    loaded(imported, tmp_path_factory.getbasetemp())
