"""Words for people about what a tool would do or has done."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_PICTURES = 0x2400
"""Where Unicode keeps pictures of the control characters, in their order."""
_DELETE = 0x7F
_DELETE_PICTURE = "\u2421"
_THOUSAND = 1000


def visible(text: str) -> str:
    """Return the text in one line, with a picture or the number of every character that shows nothing or turns the writing round."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def count(number: int, word: str, plural: str = "") -> str:
    """Return ``1 line``, ``2 lines``."""
    return f"{number} {word if number == 1 else plural or word + 's'}"


def size(number: int) -> str:
    """Return bytes in few characters: ``340``, ``1.2k``, ``3.4M``."""
    value = float(number)
    for unit in ("", "k", "M", "G", "T"):
        if value < _THOUSAND or unit == "T":
            return f"{value:.1f}{unit}" if unit else str(number)
        value /= _THOUSAND
    raise AssertionError


def line_count(text: str) -> int:
    """Return how many lines a text has; the last one may lack its newline."""
    return text.count("\n") + bool(text and not text.endswith("\n"))


def _shown(character: str) -> str:
    code = ord(character)
    if code < ord(" "):
        return chr(_PICTURES + code)
    if code == _DELETE:
        return _DELETE_PICTURE
    return f"⟨U+{code:04X}⟩" if unicodedata.category(character) in _UNSEEN or _is_odd_space(character) else character


def _is_odd_space(character: str) -> bool:
    return character != " " and unicodedata.category(character) == "Zs"
