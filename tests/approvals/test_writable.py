import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.approvals.judge import JudgeFacts, judge
from artelier.approvals.writable import is_pattern, matches_any, unwritable
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.verdicts import Rule, Ruling

DOCUMENTS = ("docs/**", "*.md", "**/*.md")
EFFECTS = {effect: ToolSpec(f"t_{effect}", "", {}, repeatable=True, effect=effect) for effect in ("read", "write", "execute", "outbound")}


def verdict(effect, *paths, rules=(), writes=DOCUMENTS, exclusive=False, **arguments):
    access = Access(writes=frozenset(paths), exclusive=exclusive)
    return judge(ToolCall("c", "t", arguments), JudgeFacts("architect", rules, EFFECTS.get(effect), access, True, writes=writes))


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("docs", True),
        ("docs/a.py", True),
        ("docs/a/b/c.txt", True),
        ("README.md", True),
        ("src/deep/notes.md", True),
        ("DOCS/A.PY", True),
        ("Readme.MD", True),
        ("src/main.py", False),
        ("documents/a.py", False),
        ("src/docs/a.py", False),
        ("notes.md/evil.py", False),
        (".", False),
        ("md", False),
    ],
)
def test_only_what_a_pattern_means_may_be_written(path, inside):
    assert matches_any(path, DOCUMENTS) is inside
    assert (verdict("write", path).ruling is Ruling.FORBID) is not inside


def test_one_spelling_of_a_letter_is_as_good_as_another():
    assert matches_any(unicodedata.normalize("NFD", "заметки/Ёй.txt"), (unicodedata.normalize("NFC", "Заметки/ёй.*"),))


def test_a_refusal_names_the_paths_and_no_rule_lifts_it():
    allow = (Rule(Ruling.ALLOW),)
    assert verdict("write", "docs/a.md", rules=allow).ruling is Ruling.ALLOW
    refused = verdict("write", "docs/a.md", "src/x.py", rules=allow)
    assert refused.ruling is Ruling.FORBID
    assert "src/x.py lies outside" in refused.reason
    assert "docs/a.md lies" not in refused.reason


def test_what_a_call_would_write_must_be_told():
    assert verdict("write", exclusive=True).ruling is Ruling.FORBID
    assert verdict("write").ruling is Ruling.FORBID
    assert verdict("write", "//browser").ruling is Ruling.FORBID


@pytest.mark.parametrize("command", ["ls -l docs", "grep -n x README.md | wc -l", "git log -3", "sed -n 1,5p README.md"])
def test_commands_that_only_read_are_judged_as_ever(command):
    assert verdict("execute", command=command).ruling is Ruling.ASK


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "echo x > docs/a.md"},
        {"command": "python x.py"},
        {"command": "ls", "network": True},
        {"command": "ls", "folders": ["/srv"]},
        {"command": ["ls"]},
        {},
    ],
)
def test_other_commands_are_refused(arguments):
    assert verdict("execute", rules=(Rule(Ruling.ALLOW),), **arguments).ruling is Ruling.FORBID


def test_reading_and_reaching_out_stay_as_they_are_and_unknown_tools_are_refused():
    assert verdict("read").ruling is Ruling.ALLOW
    assert verdict("outbound", exclusive=True).ruling is Ruling.ASK
    assert verdict("nothing known").ruling is Ruling.FORBID


@given(st.sampled_from(sorted(EFFECTS)), st.booleans(), st.frozensets(st.text(min_size=1)), st.text())
def test_without_patterns_nothing_is_refused(effect, exclusive, paths, command):
    call = ToolCall("c", "t", {"command": command})
    assert unwritable(call, EFFECTS[effect], Access(writes=paths, exclusive=exclusive), ()) is None


@given(st.lists(st.text(alphabet="ab*?[]!-", min_size=1, max_size=6), min_size=1, max_size=6), st.text(alphabet="ab/", max_size=40))
def test_any_pattern_is_matched_and_everything_means_everything(names, path):
    matches_any(path, ("/".join(names),))
    assert matches_any(path, ("**",))


@pytest.mark.parametrize("pattern", ["", "/etc/*", "../x", "docs/../src/*", "docs//x", "./docs", "a**", "docs/", "a\nb", "x" * 501])
def test_what_is_no_pattern(pattern):
    assert not is_pattern(pattern)


@pytest.mark.parametrize("pattern", ["**", "docs/**", "**/*.md", "*.[ch]", "a/?/b"])
def test_what_is_a_pattern(pattern):
    assert is_pattern(pattern)
