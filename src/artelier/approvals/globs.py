"""Whether two globs over one name could mean the same name. Pure, and rather yes than no."""

import re
from functools import lru_cache

_TOKEN = re.compile(r"\*+|\[!?\]?[^\]]*\]|.", re.DOTALL)
_WILD = frozenset("*?[")


def is_glob(text: str) -> bool:
    """Return whether a text holds a wildcard."""
    return not _WILD.isdisjoint(text)


@lru_cache(maxsize=4096)
def could_meet(one: str, other: str) -> bool:
    """Return whether some name is meant by both; a set of letters stands for any letter. Takes length times length."""
    left, right = _tokens(one), _tokens(other)
    below = [False] * len(right) + [True]
    for place in range(len(right) - 1, -1, -1):
        below[place] = right[place] == "*" and below[place + 1]
    for mine in reversed(left):
        here = [False] * (len(right) + 1)
        here[-1] = mine == "*" and below[-1]
        for place in range(len(right) - 1, -1, -1):
            theirs = right[place]
            if mine == "*":
                here[place] = below[place] or here[place + 1]
            elif theirs == "*":
                here[place] = here[place + 1] or below[place]
            else:
                here[place] = (mine == theirs or "?" in {mine, theirs}) and below[place + 1]
        below = here
    return below[0]


def letters_of(glob: str) -> str:
    """Return what stands for itself in a glob."""
    return "".join(sign for sign in _tokens(glob) if sign not in {"*", "?"})


def _tokens(glob: str) -> list[str]:
    return ["*" if sign[0] == "*" else "?" if sign == "?" or (sign[0] == "[" and len(sign) > 1) else sign for sign in _TOKEN.findall(glob)]
