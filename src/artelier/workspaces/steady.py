"""Which commands give the same again as long as no file of the workspace changes: nothing of the time, the machine or chance."""

import re
from collections.abc import Sequence

from artelier.approvals.read_only import only_reads
from artelier.approvals.syntax import SimpleCommand, Word, simple_commands
from artelier.ports.workspace import CommandRequest

_PROGRAMS = frozenset(
    ("basename", "cat", "cmp", "cut", "diff", "dirname", "echo", "egrep", "expr", "false", "fgrep", "find", "fold", "grep", "head", "ls")
) | {"md5sum", "nl", "paste", "printf", "rev", "rg", "sha256sum", "sort", "strings", "tac", "tail", "tr", "true", "uniq", "wc"}
_OUTSIDE = re.compile(r"(^|=)[/~]|(^|/)\.\.(/|$)")
"""A word that names something outside the workspace, or its root by another name."""
_LIST_OPTIONS = re.compile(r"-[aAdFhpRr1]+")
_OF_TIME = re.compile(r"ago|since|until|before|after|date|relative|human|time|min|newer|used|random|follow|%|-ls|-fls|-printf")
_GIT = frozenset({"diff", "log", "show", "status"})


def depends_on_files_alone(request: CommandRequest) -> bool:
    """Return whether a command, when it ends by itself, says nothing but what the workspace's files hold."""
    if request.network or request.folders:
        return False
    if request.words:
        return request.reads_only and _is_steady_git(request.words)
    if not only_reads(request.shell):
        return False
    commands = simple_commands(request.shell)
    return bool(commands) and all(map(_is_steady, commands or ()))


def _is_steady(command: SimpleCommand) -> bool:
    words = command.words[1:]
    if command.program not in _PROGRAMS or command.writes or not all(_is_plain(word) for word in (*words, *command.reads)):
        return False
    texts = [word.text for word in words]
    options = [text for text in texts if text.startswith("-")]
    if command.program == "ls":
        return all(_LIST_OPTIONS.fullmatch(option) for option in options)
    if command.program == "sort" and any("R" in option for option in options):
        return False
    if command.program == "tail" and any(re.match(r"-\w*[fF]", option) for option in options):
        return False
    return not any(_OF_TIME.search(option) for option in options)


def _is_plain(word: Word) -> bool:
    return word.literal and not _OUTSIDE.search(word.text)


def _is_steady_git(words: Sequence[str]) -> bool:
    place = next((place for place, word in enumerate(words) if word in _GIT), 0)
    if not place or words[0] != "git":
        return False
    rest = words[place + 1 :]
    return not any("@{" in word or _OUTSIDE.search(word) or (word.startswith("-") and _OF_TIME.search(word)) for word in rest)
