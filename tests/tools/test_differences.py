import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.tools.differences import difference

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d", "\n"]), max_size=30).map("".join)


def removed_and_added(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = difference(before, after).text.split("\n")
    return [line[1:] for line in lines if line.startswith("-")], [line[1:] for line in lines if line.startswith("+")]


def test_two_changes_far_apart_are_two_hunks() -> None:
    before = "".join(f"{number}\n" for number in range(1, 31))
    after = before.replace("3\n4\n", "3\nfour\n", 1).replace("25\n", "")
    change = difference(before, after)
    assert change.text == "@@ -1,7 +1,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n@@ -22,7 +22,6 @@\n 22\n 23\n 24\n-25\n 26\n 27\n 28"
    assert (change.added, change.removed, change.summary) == (1, 2, "+1 −2")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("", "", ""),
        ("same\n", "same\n", ""),
        ("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b"),
        ("a\n", "", "@@ -1 +0,0 @@\n-a"),
        ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a"),
        ("x" * 500 + "\n", "", "@@ -1 +0,0 @@\n-" + "x" * 400 + "…"),
    ],
)
def test_small_differences(before: str, after: str, text: str) -> None:
    assert difference(before, after).text == text


@given(TEXTS, TEXTS)
def test_counts_agree_with_what_is_shown(before: str, after: str) -> None:
    change = difference(before, after)
    removed, added = removed_and_added(before, after)
    assert (len(added), len(removed)) == (change.added, change.removed)
    lines_before, lines_after = before.count("\n") + before.endswith("d"), after.count("\n") + after.endswith("d")
    assert lines_before - change.removed == lines_after - change.added
    assert bool(change.text) == (before != after)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.lists(st.sampled_from("abcdefgh"), max_size=40))
def test_patch_understands_the_hunks(tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str]) -> None:
    patch = shutil.which("patch")
    if not patch:
        pytest.skip("there is no patch on the PATH of this machine")
    folder: Path = tmp_path_factory.mktemp("patch")
    old, new = ("".join(line + "\n" for line in lines) for lines in (before, after))
    (folder / "file").write_text(old)
    text = difference(old, new).text
    if text:
        subprocess.run([patch, "-s", "file"], cwd=folder, input=f"--- file\n+++ file\n{text}\n", text=True, check=True)
        assert ((folder / "file").read_text() if (folder / "file").exists() else "") == new


def test_large_and_long_differences_are_bounded() -> None:
    change = difference("".join(f"{number}\n" for number in range(5000)), "".join(f"x{number}\n" for number in range(5000)))
    assert (change.added, change.removed) == (5000, 5000)
    assert change.text.count("\n") == 120
    assert change.text.endswith("[... 9881 more lines ...]")
