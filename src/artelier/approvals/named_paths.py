"""The paths that the words of a command name, as far as words can tell: what rules about paths are held against."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from artelier.approvals.globs import is_glob
from artelier.approvals.options import has
from artelier.approvals.secrets import Values, pattern_of, spellings
from artelier.approvals.shell_words import Word

_ONLY_PRINT = frozenset({"echo", "printf", ":", "true", "false", "exit", "return", "export"})
_LOOKS_AT = frozenset({"cd", "pushd", "mkdir", "touch", "test", "[", "[[", "stat", "rmdir", "basename", "dirname", "realpath", "readlink"})
"""Programs that touch what they are given, and nothing beneath."""
_MESSAGES = frozenset({"-m", "--message", "--grep", "--author", "--since", "--until", "--format"})
_INSIDE = re.compile(r"[\s'\"()<>;|&,=:@`]+")
_PARTS = re.compile(r"[=:,@]")
_LONGEST = 4096
_SHORT = len("-o")


class Named(Struct, frozen=True):
    """A path that a command names, with ``*`` for what nobody knows."""

    path: str
    sure: bool = True
    """Whether it is a path for sure, rather than words that hold one, or a wildcard that takes whatever there is."""
    whole: bool = False
    """Whether all beneath it goes or moves with it."""
    alone: bool = False
    """Whether nothing beneath it is touched."""


def paths_named(program: str, words: Sequence[Word], values: Values, folders: Sequence[str], *, whole: bool) -> Iterator[Named]:
    """Return what the words behind a program name, from each folder where it may stand; ``whole`` for one that takes folders away."""
    alone = program in _LOOKS_AT or (program in {"ls", "dir"} and not has([word.text for word in words], "-R", "--recursive"))
    texts = [word.text for word in words]
    pattern = pattern_of(program, texts)
    for place, word in enumerate(words):
        if program in _ONLY_PRINT and not word.glob:
            continue
        said = (place > 0 and texts[place - 1] in _MESSAGES) or word.text == pattern
        for each in _of_word(word, values, said=said):
            yield from (replace(each, path=_from(folder, each.path), whole=whole, alone=alone) for folder in folders)


def redirected(path: str, values: Values, folders: Sequence[str]) -> Iterator[Named]:
    """Return what a redirection names."""
    for each in _of_word(Word(path, fixed="$" not in path and "`" not in path), values, said=False):
        yield from (replace(each, path=_from(folder, each.path), alone=True) for folder in folders)


def _from(folder: str, path: str) -> str:
    return path if not folder or path.startswith(("/", "~")) else f"{folder}/{path}"


def _of_word(word: Word, values: Values, *, said: bool) -> Iterator[Named]:
    if not word.fixed:
        yield Named("**", sure=False)
    for text in spellings(word.text[:_LONGEST], values):
        for piece in _pieces(text):
            if said and "/" not in piece:
                continue
            if piece.strip("*/."):
                yield Named(piece, sure=not said and piece[:1] not in {"*", "?", "["})
            elif piece:
                yield Named(piece, sure=not is_glob(piece))
        if not word.text.startswith("-"):
            yield from (Named(inside, sure=False) for inside in _INSIDE.split(text) if "/" in inside and inside != text)


def _pieces(text: str) -> list[str]:
    """Return a word, or what stands in it behind ``=``, ``:`` and the like, or behind an option's letter."""
    if text.startswith("-"):
        value = text.partition("=")[2]
        return [value] if value else [text[_SHORT:]] if not text.startswith("--") and len(text) > _SHORT else []
    return [text, *(part for part in _PARTS.split(text) if part and part != text)]
