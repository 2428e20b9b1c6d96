import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.agents.path_regex import patterns_of
from artelier.approvals.writable import is_pattern, matches_any
from artelier.domain.errors import SettingsError

EXACT = [
    r"\.md$",
    r"\.(md|mdx)$",
    r".*\.test\.(js|ts)$",
    r"^docs/.*",
    r"^docs/.*\.md$",
    r"^(docs|src)/[^/]*\.ts$",
    r"(^|/)tests/",
    r"^src/.*/a$",
    r"^src.*a$",
    r"^src/[^/]+$",
    r"^a[^/]*.*b$",
    r"colou?r",
    r".*",
    r"^a[ab]\.md",
    r"README\.md$|^docs/",
    r"(?:^|[\\/])a\.ts$",
]
PATHS = st.lists(
    st.sampled_from(
        ["docs", "src", "tests", "a", "b", "ab", "a.md", "x.mdx", "a.test.ts", "readme.md", "color", "srca", "colour.md", "a.ts"]
    ),
    min_size=1,
    max_size=4,
).map("/".join)


def meant(expression, path):
    """Whether an expression finds something in a path, or in that of the folder with this path."""
    return any(re.search(expression, each, re.IGNORECASE) for each in (path, path + "/"))


@pytest.mark.parametrize("expression", EXACT)
@given(path=PATHS)
def test_the_same_paths_are_meant(expression, path):
    assert matches_any(path, patterns_of(expression)) == meant(expression, path), patterns_of(expression)


@given(
    expression=st.text(alphabet=r"ab./*+?()[]^$|\w{}-", max_size=14),
    path=st.text(alphabet="ab./-", min_size=1, max_size=8).filter(is_pattern),
)
def test_never_are_more_paths_meant(expression, path):
    try:
        patterns = patterns_of(expression)
    except SettingsError:
        return
    assert all(is_pattern(pattern) for pattern in patterns)
    if matches_any(path, patterns):
        assert meant(expression, path)


def test_what_people_write_becomes_what_people_would_write():
    assert patterns_of(r"\.(md|mdx)$") == ("**/*.md", "**/*.mdx")
    assert patterns_of(r"^docs/.*\.md$") == ("docs/**/*.md",)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("^?", "no regular expression"),
        (r"$?a|b", "no regular expression"),
        (r"^(?!docs/).*", "looking around"),
        (r"(a+)+$", "repeated"),
        (r"\w+\.md", "repeated"),
        (r"(a)\1", "cannot be kept"),
        (r"a{2}", "counted"),
        (r".*?x", "lazy"),
        (r"[^x/]*", "cannot be kept"),
        ("(a", "not closed"),
        ("a)", "too many"),
        ("*a", "nothing to repeat"),
        ("a\\", "cannot be kept"),
        ("^/etc/", "no path"),
        ("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "more than"),
        ("(" * 30 + "a" + ")" * 30, "deeply"),
        ("a" * 501, "longer"),
    ],
)
def test_what_patterns_cannot_say_is_refused(expression, words):
    with pytest.raises(SettingsError, match=words):
        patterns_of(expression)
