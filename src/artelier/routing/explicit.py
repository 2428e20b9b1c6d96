"""An agent that is named in the text: ``@coder add tests``."""

import re
from collections.abc import Collection

from msgspec import Struct

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION = re.compile(r"(?<![\w@./+\\-])@([a-z][\w-]*)(?![\w@/(=-])(?!\.\w)", re.IGNORECASE)
_DECORATED = re.compile(r"[ \t]*\n\s*(?:@|(?:async\s+)?def\s|class\s|public\b|private\b|protected\b|static\b|export\b|fun\s|function\b)")


class Mention(Struct, frozen=True):
    """The agent that the person named, and the request without the name."""

    agent: str
    text: str


def mentioned(text: str, known: Collection[str]) -> Mention | None:
    """Return the first known agent that is named; not an address, a package, a decorator, or anything in code."""
    names = {name.lower(): name for name in known}
    plain = _CODE.sub(lambda match: " " * len(match.group()), text)
    for match in _MENTION.finditer(plain):
        agent = names.get(match[1].lower())
        if agent is not None and not _DECORATED.match(plain, match.end()):
            return Mention(agent, _without(text, match.start(), match.end()))
    return None


def _without(text: str, start: int, end: int) -> str:
    before, after = text[:start], text[end:]
    if not before.strip():
        return after.lstrip(" \t,:;—–-").strip()
    return f"{before.rstrip(' ')}{after}".strip()
