"""Words that people look for in lists, found in every database alike, in capitals or not."""

SPELLINGS = 3
_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_ASCII = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def patterns(search: str) -> tuple[str, ...]:
    """Return what a lowered text is compared with: SQLite lowers ASCII letters alone, so other alphabets are looked for as written."""
    text = search.strip().lower()
    return tuple(f"%{spelling.translate(_ASCII).translate(_ESCAPED)}%" for spelling in (text, text.capitalize(), text.upper()))


def is_in(search: str, *texts: str) -> bool:
    """Return whether one of these texts holds the words."""
    return any(search.strip().casefold() in text.casefold() for text in texts)
