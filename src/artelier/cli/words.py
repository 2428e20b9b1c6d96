"""What the command line says, in the person's language: English in the code, Russian in ``russian.py`` beside it."""

import os
import sys
from collections.abc import Sequence

from artelier.cli.russian import RUSSIAN

_LANGUAGES = ("en", "ru")
_chosen = ["en"]


def choose_language(arguments: Sequence[str]) -> list[str]:
    """Take ``--lang`` out of the arguments, or read LC_ALL, LC_MESSAGES and LANG; return what is left of the arguments."""
    left, wanted = [], ""
    words = iter(arguments)
    for word in words:
        if word == "--lang":
            wanted = next(words, "")
        elif word.startswith("--lang="):
            wanted = word.removeprefix("--lang=")
        else:
            left.append(word)
    if not wanted:
        wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    chosen = next((language for language in _LANGUAGES if wanted.lower().startswith(language)), "en")
    _chosen[0] = chosen if chosen == "en" or _shows_cyrillic() else "en"
    return left


def _shows_cyrillic() -> bool:
    try:
        "ё".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def language() -> str:
    """Return ``en`` or ``ru``."""
    return _chosen[0]


def tr(text: str, /, **fields: object) -> str:
    """Return a text in the person's language, with its fields filled in."""
    found = RUSSIAN.get(text, text) if _chosen[0] == "ru" else text
    said = found.format(**fields) if fields else found
    command = os.environ.get("ARTELIER_COMMAND")
    return said.replace("`artelier ", f"`{command} ") if command else said


def plural(count: int, english: tuple[str, str], russian: tuple[str, str, str]) -> str:
    """Return a count with its noun: 1 file, 2 files; 1 файл, 2 файла, 5 файлов."""
    return counted(count, russian) if _chosen[0] == "ru" else f"{number(count)} {english[count != 1]}"


def counted(count: int, russian: tuple[str, str, str]) -> str:
    """Return a count with its noun in Russian, whatever language is chosen: 1 строка, 2 строки, 5 строк."""
    tens, ones = count % 100, count % 10
    few = ones in {2, 3, 4} and tens not in {12, 13, 14}
    noun = russian[0 if ones == 1 and tens != 11 else 1 if few else 2]  # noqa: PLR2004  the grammar's own number
    return f"{_grouped(count)} {noun}"


def number(count: int) -> str:
    """Return a whole number, its thousands set apart: 1,234 in English, 1 234 in Russian."""
    return _grouped(count) if _chosen[0] == "ru" else f"{count:,}"


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\u00a0")
