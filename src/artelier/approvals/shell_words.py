"""Words of a shell command as the program gets them; what an expansion adds stands as it was written."""

import codecs
import re

from msgspec import Struct
from tree_sitter import Node

_ESCAPED = re.compile(r"\\(\n|.)", re.DOTALL)
_ESCAPED_IN_QUOTES = re.compile(r'\\([$`"\\\n])')
_GLOB = re.compile(r"[*?\[\]{}]")
_EXPANSIONS = frozenset({"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"})
_HIDDEN = re.compile(r"(?:^|[^\\])(?:\\\\)*(?:`|\$\(|\$\{)")
_KNOWN_ESCAPES = frozenset("\\'\"abfnrtvxuU01234567\n")
"""What follows a backslash in ``$'...'`` and means a character; any other stands as it is."""
_QUOTED = len("''")


class NotReadableError(Exception):
    """A text that nobody can say of what it would run."""


class Word(Struct, frozen=True):
    """One word. ``fixed`` when no expansion adds to it; ``open_start`` when it could turn out to be an option or several words."""

    text: str
    fixed: bool = True
    open_start: bool = False
    glob: bool = False


def word_of(node: Node) -> Word:
    """Return the word that a node stands for. Raises ``NotReadableError``."""
    match node.type:
        case "command_name" | "concatenation":
            return _joined([word_of(child) for child in node.children])
        case "raw_string":
            return Word(text_of(node)[1:-1])
        case "ansi_c_string":
            return Word(_decoded(text_of(node)))
        case "string" | "translated_string":
            return _string(node)
        case "process_substitution":
            return Word(text_of(node), fixed=False)
        case kind if kind in _EXPANSIONS:
            return Word(text_of(node), fixed=False, open_start=True)
        case "brace_expression":
            return Word(text_of(node), glob=True)
        case _:
            return _plain(node)


def text_of(node: Node) -> str:
    """Return a node's source."""
    return (node.text or b"").decode()


def hides_a_command(node: Node) -> bool:
    """Whether a node without parts holds a substitution that the parser did not see."""
    return bool(_HIDDEN.search(text_of(node)))


def _plain(node: Node) -> Word:
    text = text_of(node)
    if hides_a_command(node):
        raise NotReadableError(text)
    return Word(_ESCAPED.sub(_unescaped, text), glob=bool(_GLOB.search(_ESCAPED.sub("", text))))


def _unescaped(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]


def _string(node: Node) -> Word:
    """Put a double-quoted string together from its source, since the parser leaves out some of the blanks in it."""
    source, base = node.text or b"", node.start_byte
    position = source.index(b'"') + 1
    pieces: list[str] = []
    expansions = [child for child in node.children if child.type in _EXPANSIONS]
    for child in expansions:
        pieces += [_quoted(source[position : child.start_byte - base]), text_of(child)]
        position = child.end_byte - base
    pieces.append(_quoted(source[position:-1]))
    starts_open = bool(expansions) and not pieces[0]
    return Word("".join(pieces), fixed=not expansions, open_start=starts_open)


def _quoted(raw: bytes) -> str:
    text = raw.decode()
    if _HIDDEN.search(text):
        raise NotReadableError(text)
    return _ESCAPED_IN_QUOTES.sub(_unescaped, text)


def _decoded(text: str) -> str:
    if not text.isascii():
        return text[_QUOTED:-1].replace("\\'", "'")
    try:
        known = _ESCAPED.sub(lambda each: each[0] if each[1] in _KNOWN_ESCAPES else f"\\{each[0]}", text[_QUOTED:-1].replace("\\e", "\x1b"))
        return codecs.decode(known, "unicode_escape")
    except UnicodeDecodeError as failure:
        raise NotReadableError(text) from failure


def _joined(parts: list[Word]) -> Word:
    text = "".join(part.text for part in parts)
    return Word(
        text,
        fixed=all(part.fixed for part in parts),
        open_start=next((part.open_start for part in parts if part.text), False),
        glob=any(part.glob for part in parts) or bool(re.search(r"\{[^{}]*(,|\.\.)[^{}]*\}", text)),
    )
