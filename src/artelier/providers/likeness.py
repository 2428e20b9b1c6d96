"""Why two questions that look alike are not the same: what differs in numbers, negations, opposites and names.

Embeddings put "safe" beside "unsafe" and 5 km beside 50 km; here nothing is measured, words are compared. A veto costs an
answer that could have been given again, a missing one gives a wrong answer: in doubt it is a veto.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from artelier.providers.semantic_words import COUNTS, LONGEST_EXACT, MOMENTS, NEGATIONS, OPPOSITES, PREFIXES, UNITS

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_SPACED_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_AFTER_NUMBER = re.compile(r"\d\s?([^\W\d_]+(?:/[^\W\d_]+)?|[%°$€£¥₽][CF]?)|([$€£¥₽])\s?\d")
_QUOTED = re.compile(r"`([^`]+)`|\"([^\"]+)\"|«([^»]+)»|“([^”]+)”|„([^“”]+)[“”]|(?<!\w)'([^']+)'(?!\w)")
_IDENTIFIER = re.compile(
    r"""(?:https?://|www\.)\S+                      # addresses
    |[\w.+-]+@[\w-]+\.[\w.]+                       # mail
    |(?<![\w-])--?[A-Za-z][\w-]*                    # flags
    |[~.]{0,2}/[\w./-]+|\w:\\[\w.\\-]+             # paths
    |\b\w+(?:[._:/-]+\w+)*_\w*|\b_\w+              # snake_case
    |\b[^\W\d]\w*(?:\.\w+)+\b(?:\(\))?|\b\w+\(\)          # dotted names, calls
    |\b[^\W\d_]+[+\#]+|\b(?=\w*\d)(?=\w*[^\W\d])\w+\b   # C++, h264, 3d
    |[<>]=?|={1,3}|!=|[+*^|&]{1,2}(?=\s)|(?<=\d)\s?[-−/]\s?(?=\d)|[$@\#]\w+        # operators, variables""",
    re.VERBOSE,
)
_SENTENCE_END = '.!?…:;«"“(\n'
_SHORTEST_NAME = 2
_SHARED = 3
"""Letters that two forms of one Russian name may differ by at their ends."""
_LONG_WORD = 4


class _Facts(NamedTuple):
    """What must not differ."""

    numbers: tuple[str, ...]
    units: tuple[str, ...]
    moments: Counter[str]
    negations: int
    quoted: tuple[str, ...]
    identifiers: tuple[str, ...]
    names: tuple[str, ...]
    words: tuple[str, ...]


def veto(one: str, other: str) -> str:
    """Return what tells two questions apart, empty where nothing does.

    That is ``numbers``, ``units``, ``moments``, ``negations``, ``quoted``, ``identifiers``, ``names`` or ``opposites``.
    """
    first, second = _facts(one), _facts(other)
    for kind in ("numbers", "units", "moments", "negations", "quoted", "identifiers"):
        if getattr(first, kind) != getattr(second, kind):
            return kind
    if not (_holds(first.names, second.words) and _holds(second.names, first.words)):
        return "names"
    return "opposites" if _opposed(first.words, second.words) or _turned(first.words, second.words) else ""


def plain(text: str) -> str:
    """Return a text by which equal ones are known: small letters, single spaces, no signs at its ends."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return " ".join(folded.split()).strip(" .,!?;:…")


def _facts(text: str) -> _Facts:
    text = _SPACED_THOUSANDS.sub("", unicodedata.normalize("NFKC", text))
    words = tuple(_words(text))
    return _Facts(
        numbers=(*_numbers(text), *(COUNTS[word] or word for word in words if word in COUNTS)),
        units=tuple(_units(text, words)),
        moments=Counter(word for word in words if word in MOMENTS),
        negations=sum(word in NEGATIONS or word.endswith("n't") for word in words),
        quoted=tuple(plain("".join(found)) for found in _QUOTED.findall(text)),
        identifiers=tuple(found.group().casefold().strip(".") for found in _IDENTIFIER.finditer(text)),
        names=tuple(_names(text)),
        words=words,
    )


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(text):
        yield found.group().casefold().replace("ё", "е").replace("’", "'")


def _numbers(text: str) -> Iterator[str]:
    for found in _NUMBER.finditer(text):
        number = found.group().replace(",", ".")
        yield number.lstrip("0") or "0"


def _units(text: str, words: Iterable[str]) -> Iterator[str]:
    for after, before in _AFTER_NUMBER.findall(text):
        unit = (after or before).casefold()
        if UNITS.fullmatch(unit):
            yield unit
    for word in words:
        if len(word) >= _LONG_WORD and UNITS.fullmatch(word):
            yield word[:_LONG_WORD]  # hour and hours, метра and метров


def _names(text: str) -> Iterator[str]:
    """Yield words with a capital where no sentence begins, or with one inside."""
    for found in _WORD.finditer(text):
        word, before = found.group(), text[: found.start()].rstrip(" \t")
        begins = not before or before[-1] in _SENTENCE_END
        if len(word) >= _SHORTEST_NAME and ((word[0].isupper() and not begins) or word[1:] != word[1:].lower()):
            yield word.casefold().replace("ё", "е").replace("’", "'").removesuffix("'s")


def _holds(names: Iterable[str], words: tuple[str, ...]) -> bool:
    """Return whether all names are among the words, in their order; they may end otherwise."""
    place = 0
    for name in names:
        while place < len(words) and not _is_form(name, words[place]):
            place += 1
        if place == len(words):
            return False
        place += 1
    return True


def _is_form(name: str, word: str) -> bool:
    word = word.removesuffix("'s")
    if name == word:
        return True
    if name.isascii():
        return False
    shared = max(_SHARED, max(len(name), len(word)) - _SHARED)
    return len(name) >= _LONG_WORD and len(word) >= _LONG_WORD and name[:shared] == word[:shared]


def _opposed(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    only, lacking = Counter(one) - Counter(other), Counter(other) - Counter(one)
    return any(_is_opposite(word, its) or _is_opposite(its, word) for word in only for its in lacking)


def _is_opposite(word: str, other: str) -> bool:
    if any(other == prefix + word for prefix in PREFIXES):
        return True
    if word.endswith("ful") and other == f"{word[:-3]}less":
        return True
    if any(other.startswith(prefix) and _is_form(word, other.removeprefix(prefix)) for prefix in PREFIXES):
        return True
    return any(_begins(word, one) and _begins(other, its) for one, its in OPPOSITES)


def _begins(word: str, stem: str) -> bool:
    return word == stem if len(stem) <= LONGEST_EXACT else word.startswith(stem)


def _turned(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether the same words stand in another order: from here to there is not from there to here."""
    return one != other and len(one) == len(other) and Counter(one) == Counter(other)
