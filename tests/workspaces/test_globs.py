import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.workspaces.globs import PathFilter, PathPattern
from artelier.workspaces.ignoring import IgnoreRules, is_ignored

FILES = ["a", "b", "a.py", "a/b", "a/b/c", "b/a", "b/a.py", "a/x/y/b", "x/a/b", "#a", "!a", "a b", "[a]", "a.pyc", "a\\b"]
RULE_SETS = [
    *(
        "a",
        "/a",
        "a/",
        "/a/",
        "a/b",
        "/a/b",
        "a/*",
        "a/**",
        "**/a",
        "**/a/b",
        "a/**/b",
        "**",
        "*",
        "*.py",
        "a*",
        "?",
        "/",
        "//",
        "[ab]",
        "[!a]",
        "[^a]",
    ),
    *("\\#a", "\\!a", "#a", "a b", "a\\ b", "[[]a]", "a.py[co]", "*/b", "x/**/", "**/x/**", "a/../b", "./a", "", " ", "a   "),
    *("*\n!a", "*\n!a/", "*.py\n!b/a.py", "/*\n!/a", "a\n!a/b", "!a", "**/b\n!/b", "[z-a]", "[", "a[", "\\", "[]a]b", "x/y\n!x"),
]


def ignored_by_us(rules: str, path: str) -> bool:
    """Whether the path is ignored by itself or by a folder above it, as a walk would meet it."""
    parts = path.split("/")
    known = [IgnoreRules(".", rules)]
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    return any(is_ignored(known, folder, folder=True) for folder in above) or is_ignored(known, path, folder=False)


def test_rules_mean_what_git_takes_them_for(tmp_path: Path) -> None:
    git = shutil.which("git")
    if not git:
        pytest.skip("there is no git on the PATH of this machine")
    subprocess.run([git, "init", "-q", tmp_path], check=True)
    wrong = []
    for rules in RULE_SETS:
        (tmp_path / ".gitignore").write_text(rules + "\n")
        asked = "\0".join(FILES)
        command: list[str | Path] = [
            git,
            "-C",
            tmp_path,
            "-c",
            "core.excludesFile=/dev/null",
            "check-ignore",
            "--no-index",
            "-z",
            "--stdin",
        ]
        said = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
        assert said.returncode in {0, 1}, said.stderr
        expected = {path for path in said.stdout.split("\0") if path}
        ours = {path for path in FILES if ignored_by_us(rules, path)}
        wrong += [(rules, ours ^ expected)] if ours != expected else []
    assert not wrong


@pytest.mark.parametrize("hard", ["*a" * 100 + "b", "**/a/" * 100 + "b", "[ab]*" * 80 + "c", "?*" * 100 + "b"])
def test_a_hard_pattern_takes_no_time(hard: str) -> None:
    assert not PathPattern(hard).matches(["a" * 200] + ["a"] * 500)
    assert not PathPattern(hard).matches(["a" * 250])


@given(st.text("ab/*?[]!{},.\\", max_size=30), st.lists(st.text("ab.", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join))
def test_no_pattern_fails(pattern: str, path: str) -> None:
    assert PathPattern(pattern).matches(path.split("/")) in {True, False}
    if "{" not in pattern:
        assert PathFilter(pattern).passes(path) in {True, False}


def test_braces_are_alternatives() -> None:
    wanted = PathFilter("src/{a,b{1,2}}.{py,md}")
    assert [wanted.passes(path) for path in ("src/a.py", "src/b1.md", "src/b2.py", "src/b.py", "a.py")] == [True, True, True, False, False]
    assert PathFilter("").passes("anything/at.all")
