"""Words that a shell's own commands take for names of variables: the index of one is evaluated, even from within quotes."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from artelier.approvals.shell_words import Word

_NAME = re.compile(r"\w+(\[(\d+|[@*])\])?")
_HIDES = re.compile(r"\$\(|`|\$\{")


def evaluates_names(program: str, words: Sequence[Word]) -> bool:
    """Return whether a command evaluates a name that is none, or that nobody can see."""
    check = _CHECKED.get(program)
    return check is not None and check(words)


def _tested(words: Sequence[Word]) -> bool:
    """``test -v NAME``; elsewhere in a test nothing of this shape is evaluated, and nobody means it either."""
    named = [word for before, word in pairwise(words) if before.text in {"-v", "-R"}]
    return any(_is_odd(word) for word in named) or any(word.fixed and "[" in word.text and _HIDES.search(word.text) for word in words)


def _printed(words: Sequence[Word]) -> bool:
    """``printf -v NAME``."""
    for before, word in pairwise(words):
        if before.text == "-v":
            return _is_odd(word)
        if not before.text.startswith("-"):
            break
    first = words[0] if words else Word("")
    return first.text.startswith("-v") and first.text != "-v" and _is_odd(Word(first.text[2:], first.fixed))


def _named(valued: str) -> Callable[[Sequence[Word]], bool]:
    """Take every operand for a name; options of these letters bring a word of their own."""

    def check(words: Sequence[Word]) -> bool:
        skip = False
        for word in words:
            if skip:
                skip = False
            elif word.text.startswith("-") and word.fixed:
                skip = len(word.text) > 1 and word.text[-1] in valued
            elif _is_odd(word):
                return True
        return False

    return check


def _declared(words: Sequence[Word]) -> bool:
    return any(word.fixed and _HIDES.search(word.text) and not word.text.startswith("-") and "=" not in word.text for word in words)


def _is_odd(word: Word) -> bool:
    return not word.fixed or _NAME.fullmatch(word.text) is None


_CHECKED: Mapping[str, Callable[[Sequence[Word]], bool]] = {
    "test": _tested,
    "[": _tested,
    "printf": _printed,
    "unset": _named(""),
    "read": _named("pdnNtuia"),
    **dict.fromkeys(("mapfile", "readarray"), _named("dnOsuCc")),
    **dict.fromkeys(("export", "declare", "typeset", "local", "readonly"), _declared),
}
