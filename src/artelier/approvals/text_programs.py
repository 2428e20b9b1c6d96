"""Which programs of ``sed`` and ``awk`` surely only print: read letter by letter, and whatever is not followed may do anything."""

import re
from collections.abc import Sequence

from artelier.approvals.options import before_end, has

_ADDRESS = r"(?:\d+(?:~\d+)?|\$|/(?:\\.|[^/\\\n])*/[IM]*)"
_ADDRESSES = re.compile(rf"\s*(?:{_ADDRESS}(?:\s*,\s*(?:[+~]?\d+|{_ADDRESS}))?)?\s*!?\s*")
_PLAIN = re.compile(r"[pdqQgGhHnNxDPl=]\s*\d*")
_LABEL = re.compile(r"[btT:]\s*\w*")
_FLAGS = re.compile(r"[gpiImM0-9]*")
_TEXT = re.compile(r"[aic]\s*\\?[^\n]*")
_KEYWORDS = frozenset({"print", "printf", "return", "in", "case", "else", "do", "delete", "exit"})
_AWK_HARMFUL = re.compile(r"\bsystem\b|\bgetline\b|\bENVIRON\b|\bextension\b|@|\bclose\b.*\|")


def sed_only_prints(texts: Sequence[str]) -> bool:
    """Return whether ``sed`` with these words changes no file and runs nothing."""
    if has(texts, "-i", "--in-place", "-f", "--file"):
        return False
    scripts = _sed_scripts(texts)
    return bool(scripts) and all(_sed_script(script) for script in scripts)


def _sed_scripts(texts: Sequence[str]) -> list[str]:
    found: list[str] = []
    awaited = False
    for text in before_end(texts):
        if awaited:
            found.append(text)
            awaited = False
        elif text.startswith("--expression="):
            found.append(text.partition("=")[2])
        elif re.fullmatch(r"-[nErsuz]*e", text) or text == "--expression":
            awaited = True
        elif re.match(r"-[nErsuz]*e.", text):
            found.append(text[text.index("e") + 1 :])
    return found or next(([text] for text in texts if not text.startswith("-")), [])


def _sed_script(script: str) -> bool:
    position = 0
    while position < len(script):
        begin = re.compile(r"[\s;{}]*").match(script, position)
        position = begin.end() if begin else position
        if position >= len(script):
            return True
        address = _ADDRESSES.match(script, position)
        position = _sed_command(script, address.end() if address else position)
        if position < 0:
            return False
    return True


def _sed_command(script: str, position: int) -> int:
    """Return where a command ends, -1 for one that is not surely harmless."""
    letter = script[position : position + 1]
    if letter in {"s", "y"}:
        return _substitution(script, position)
    if letter == "{":
        return position + 1
    for pattern in (_PLAIN, _LABEL, _TEXT):
        found = pattern.match(script, position)
        if found:
            return found.end() if _ends(script, found.end()) else -1
    return -1


def _substitution(script: str, position: int) -> int:
    mark = re.escape(script[position + 1 : position + 2])
    if not mark or mark in {"\\\\", "\\\n"}:
        return -1
    body = rf"(?:\\.|[^\\\n](?<!{mark}))*"
    found = re.compile(rf"[sy]{mark}{body}{mark}{body}{mark}", re.DOTALL).match(script, position)
    if found is None:
        return -1
    flags = _FLAGS.match(script, found.end())
    end = flags.end() if flags else found.end()
    return end if _ends(script, end) else -1


def _ends(script: str, position: int) -> bool:
    return re.compile(r"\s*(?:[;}\n]|$)").match(script, position) is not None


def awk_only_prints(texts: Sequence[str]) -> bool:
    """Return whether ``awk`` with these words only prints: no program from a file, no pipe, no redirection, no other program."""
    program = _awk_program(texts)
    return program is not None and not _AWK_HARMFUL.search(program) and _no_way_out(program)


def _awk_program(texts: Sequence[str]) -> str | None:
    valued = False
    for text in texts:
        if valued:
            valued = False
        elif text in {"-F", "-v"}:
            valued = True
        elif text.startswith(("-F", "-v")):
            continue
        elif text.startswith("-") and text not in {"--", "--posix", "--re-interval"}:
            return None
        elif not text.startswith("-"):
            return text
    return None


def _no_way_out(program: str) -> bool:
    """Follow strings, expressions and braces; a single ``|``, or a ``>`` within braces but outside parentheses, leads out."""
    position, braces, parentheses, before = 0, 0, 0, ""
    while position < len(program):
        letter = program[position]
        if letter == '"' or (letter == "/" and _operand_expected(before)):
            end = _closing(program, position)
            if end < 0:
                return False
            before, position = '"', end
            continue
        if letter == "/" and re.search(r"(\w+)\s*$", program[:position]) and _last_word(program[:position]) in _KEYWORDS:
            return False
        if letter == "|":
            if program[position : position + 2] != "||":
                return False
            position += 1
        braces += (letter == "{") - (letter == "}")
        parentheses += (letter == "(") - (letter == ")")
        if letter == ">" and braces and not parentheses:
            return False
        before = before if letter.isspace() else letter
        position += 1
    return True


def _operand_expected(before: str) -> bool:
    return not before or before in "~(,{};&|!=+-*%?:<>"


def _last_word(text: str) -> str:
    found = re.search(r"(\w+)\s*$", text)
    return found[1] if found else ""


def _closing(program: str, position: int) -> int:
    """Return where a string or an expression ends, -1 where it does not."""
    mark = program[position]
    found = re.compile(rf"{mark}(?:\\.|[^{mark}\\\n])*{mark}").match(program, position)
    return found.end() if found else -1
