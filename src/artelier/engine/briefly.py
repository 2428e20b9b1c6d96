"""One line of a call, of what came of it, of any text: for summaries, never for decisions."""

from artelier.domain.calls import ResultStatus, ToolCall, ToolResult

_SUBJECTS = ("command", "path", "pattern", "query", "url", "agent", "question", "name", "text")
"""What a call is about, by the usual names of arguments; the first that is there."""
_TROUBLE = ("error", "fail", "exception", "assert", "panic", "fatal", "traceback")
_TAIL = 4000
"""Characters of an output's end that are looked through."""


def line(text: str, longest: int) -> str:
    """Return a text's first line that says something, cut to so many characters."""
    start = text[: 4 * longest].lstrip()
    first = start.partition("\n")[0].rstrip()
    return first if len(first) <= longest else first[: longest - 3] + "..."


def middle_cut(text: str, longest: int) -> str:
    """Return a text without its middle where it has more characters than that, saying how many are left out."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[len(text) - half :]}"


def subject(call: ToolCall, longest: int = 160) -> str:
    """Return what a call is about: its command, path, pattern; empty where it says nothing of the kind."""
    arguments = call.arguments or {}
    found = next((value for name in _SUBJECTS if isinstance(value := arguments.get(name), str) and value), "")
    return line(found, longest)


def failed(result: ToolResult) -> bool:
    """Return whether a call went wrong, by itself and not by a person's or a rule's word."""
    return result.status in {ResultStatus.FAILED, ResultStatus.TIMED_OUT} or bool(result.exit_code)


def outcome(result: ToolResult, longest: int = 120) -> str:
    """Return in a few words how a call ended."""
    if result.status is ResultStatus.DONE:
        return line(result.summary or result.text, longest)
    return line(f"{result.status.value}: {result.summary or result.text}", longest)


def trouble(result: ToolResult, longest: int = 300) -> str:
    """Return the line that says what went wrong: the last of an output that names an error, otherwise its first or last."""
    if result.exit_code is None:
        return line(result.text, longest)
    lines = [each.strip() for each in result.text[-_TAIL:].splitlines() if each.strip() and not each.startswith("[exit ")]
    named = [each for each in lines if any(word in each.lower() for word in _TROUBLE)]
    return line((named or lines or [result.summary])[-1], longest)
