"""Looking for options among the words of a command, rather one too many than one too few."""

from collections.abc import Sequence

_SHORTEST = len("--o")


def has(texts: Sequence[str], *options: str) -> bool:
    """Return whether any of these options may be meant: ``--long``, ``--long=x``, ``--lo``, ``-x`` or within ``-abxc``."""
    long = [option for option in options if option.startswith("--")]
    short = {option[1:] for option in options if not option.startswith("--")}
    return any(_is_long(text, long) or _is_short(text, short) for text in before_end(texts))


def before_end(texts: Sequence[str]) -> Sequence[str]:
    """Return the words before ``--``: those behind it are no options."""
    return texts[: texts.index("--")] if "--" in texts else texts


def operands(texts: Sequence[str], *valued: str) -> list[str]:
    """Return the words that are no options and no values of these options."""
    found: list[str] = []
    skip = ended = False
    for text in texts:
        if skip:
            skip = False
        elif text == "--" and not ended:
            ended = True
        elif ended or not text.startswith("-") or text == "-":
            found.append(text)
        elif text in valued:
            skip = True
    return found


def value_of(texts: Sequence[str], *options: str) -> str:
    """Return the value of the first of these options, as its own word or behind ``=`` or the letter; empty without one."""
    for index, text in enumerate(texts):
        if text in options:
            return texts[index + 1] if index + 1 < len(texts) else ""
        for option in options:
            if option.startswith("--") and text.startswith(option + "="):
                return text[len(option) + 1 :]
            if not option.startswith("--") and text.startswith(option) and not text.startswith("--"):
                return text[len(option) :]
    return ""


def starts_with(words: Sequence[str], phrases: Sequence[str]) -> bool:
    """Return whether words begin with one of these phrases, compared word for word."""
    return any(list(words[: len(phrase.split())]) == phrase.split() for phrase in phrases)


def _is_long(text: str, options: Sequence[str]) -> bool:
    name = text.partition("=")[0]
    return name.startswith("--") and len(name) >= _SHORTEST and any(option.startswith(name) for option in options)


def _is_short(text: str, letters: set[str]) -> bool:
    if not text.startswith("-") or text.startswith("--") or len(text) == 1:
        return False
    return any(text[1:] == letter if len(letter) > 1 else letter in text[1:] for letter in letters)
