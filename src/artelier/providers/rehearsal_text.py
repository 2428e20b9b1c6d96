"""Plain text for the rehearsal model's grammar: quotations become single signs, so that nothing inside them is parsed."""

import re

LITERAL = "[\ue000-\uf8ff]"
"""One sign of the private use area stands for one quotation."""
TOKEN = rf"(?:{LITERAL}|[^\s,;:]+)"
"""A quotation or a word."""
_FIRST = 0xE000
_MOST = 6000
_QUOTED = re.compile(
    r"```[\w+-]*[ \t]*\n(?P<fence>.*?)\n?[ \t]*```"
    r"|`(?P<tick>[^`\n]+)`"
    r"|«(?P<fir>[^«»]*)»"
    r"|„(?P<low>[^„“”]*)[“”]"
    r"|“(?P<curly>[^“”]*)”"
    r'|"(?P<double>[^"]*)"'
    r"|‘(?P<turned>[^‘’]*)’"
    r"|(?<!\w)'(?P<single>[^'\n]*)'(?!\w)",
    re.DOTALL,
)
_SPACES = re.compile("[\u00a0\u202f\u2009]")
_PRIVATE = re.compile(LITERAL)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LETTER = re.compile("[a-zа-яё]", re.IGNORECASE)
_WIDEST = 80
"""Spaces in a row that are kept outside quotations: patterns over more of them take too long."""
_WIDE = re.compile(rf"\s{{{_WIDEST},}}")
_CLOSING = ".,;:!?…"


class MaskedText:
    """A text whose quotations are masked; what was quoted can be had back with or without its marks."""

    def __init__(self, text: str) -> None:
        self._quoted: list[str] = []
        self._meant: list[str] = []
        plain = _SPACES.sub(" ", _PRIVATE.sub(" ", text)).replace("\r\n", "\n")
        self.text = _WIDE.sub(lambda found: found[0][:_WIDEST], _QUOTED.sub(self._mask, plain))

    @staticmethod
    def is_quoted(masked: str) -> bool:
        """Whether a part of a masked text is one quotation and nothing else."""
        part = masked.strip()
        return len(part) == 1 and _PRIVATE.match(part) is not None

    @classmethod
    def is_mixed(cls, masked: str) -> bool:
        """Whether a part of a masked text holds quotations among other words."""
        return _PRIVATE.search(masked) is not None and not cls.is_quoted(masked)

    def whole(self, masked: str) -> str:
        """Return a part of the text as it was written."""
        return _PRIVATE.sub(lambda found: self._quoted[ord(found[0]) - _FIRST], masked)

    def meant(self, masked: str) -> str:
        """Return what a part of the text means: a single quotation is its inside, anything else stands as it was written."""
        part = masked.strip()
        return self._meant[ord(part) - _FIRST] if self.is_quoted(part) else self.whole(part)

    def name(self, token: str) -> str:
        """Return a path or a word: what a quotation holds, or the token without the stops that close a sentence."""
        if _PRIVATE.match(token):
            return self.meant(token[0])
        return token.rstrip(_CLOSING) or token

    def _mask(self, found: re.Match[str]) -> str:
        if len(self._quoted) >= _MOST:
            return found[0]
        self._quoted.append(found[0])
        self._meant.append(found[str(found.lastgroup)])
        return chr(_FIRST + len(self._quoted) - 1)


def is_russian(text: str) -> bool | None:
    """Return whether a text without its quotations is in Russian; None where it has no letters."""
    masked = MaskedText(text).text
    if _CYRILLIC.search(masked):
        return True
    return False if _LETTER.search(masked) else None
