"""Replacing a passage of a text that is quoted word for word."""

from artelier.domain.errors import ArgumentsInvalid, ToolError


def replaced(text: str, old: str, new: str, path: str, *, every: bool) -> str:
    """Return ``text`` with ``old``, found exactly once or with ``every`` at least once, replaced by ``new``.

    Line ends of a text in Windows' manner are put into both passages where they are not found as they are.
    Raises ``ArgumentsInvalid`` for passages that can change nothing and ``ToolError`` where ``old`` is missing or not unique.
    """
    if not old or old == new:
        raise ArgumentsInvalid(f"Nothing to change in {path!r}: the old text must not be empty, and the new one must differ from it.")
    if old not in text and "\r\n" in text and "\r" not in old:
        old, new = old.replace("\n", "\r\n"), new.replace("\r\n", "\n").replace("\n", "\r\n")
    count = text.count(old)
    if count == 0:
        raise ToolError(f"The old text does not occur in {path!r}. Read the file again and quote it word for word, spaces included.")
    if count > 1 and not every:
        raise ToolError(f"The old text occurs {count} times in {path!r}. Quote more of the lines around it, or replace all of them.")
    return text.replace(old, new)
