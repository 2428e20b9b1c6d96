"""What a shell command says, word for word: its simple commands, where every part of it is understood.

The syntax tree is Bash's; ``/bin/sh`` may read a text otherwise, so whatever the two shells could differ on is not understood.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Language, Node, Parser
from tree_sitter_bash import language

LONGEST_COMMAND = 16_384
"""Characters; nobody reads longer ones."""

_PARSER = Parser(Language(language()))
_UNCLEAR = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\\]|[^\x00-\x7f\S]|[$`]")
"""Control characters, odd spaces, escapes and expansions: read differently by a person, a parser and a shell."""
_GLOB = re.compile(r"[*?\[\]~{}]")
_JOINTS = frozenset({"&&", "||", ";", "|", "\n"})
_HARMLESS_REDIRECTS = frozenset({(">", "/dev/null"), (">>", "/dev/null"), (">&", "1"), (">&", "2")})


class Word(Struct, frozen=True):
    """One word of a command; a ``literal`` one reaches the program as it stands, others are expanded to names of files first."""

    text: str
    literal: bool = True


class SimpleCommand(Struct, frozen=True):
    """A program and its arguments, and the files its input comes from and its output goes to."""

    words: tuple[Word, ...]
    reads: tuple[Word, ...] = ()
    writes: tuple[Word, ...] = ()

    @property
    def program(self) -> str:
        """The name of the program, empty where an expansion decides it."""
        return self.words[0].text if self.words and self.words[0].literal else ""


class NotUnderstoodError(Exception):
    """A part of the command means something this module does not follow."""


def simple_commands(command: str) -> tuple[SimpleCommand, ...] | None:
    """Return the simple commands of a shell text in the order written, None where any part of it is not understood."""
    if len(command) > LONGEST_COMMAND or _UNCLEAR.search(command):
        return None
    try:
        tree = _PARSER.parse(command.encode())
        if tree.root_node.has_error:
            return None
        return tuple(_commands(tree.root_node)) or None
    except (NotUnderstoodError, UnicodeEncodeError):
        return None


def _commands(node: Node) -> Iterator[SimpleCommand]:
    match node.type:
        case "command":
            yield SimpleCommand(tuple(_word(child) for child in node.children))
        case "test_command":
            yield _bracketed(node)
        case "redirected_statement":
            yield from _redirected(node)
        case "program" | "list" | "pipeline":
            for child in node.children:
                if child.type not in _JOINTS:
                    yield from _commands(child)
        case _:
            raise NotUnderstoodError(node.type)


def _bracketed(node: Node) -> SimpleCommand:
    text = _text(node)
    if not text.startswith("[ ") or _GLOB.search(text[1:-1]) or any(mark in text for mark in "&|;<>()`\"'"):
        raise NotUnderstoodError(text)
    return SimpleCommand(tuple(Word(word) for word in text.split()))


def _redirected(node: Node) -> Iterator[SimpleCommand]:
    commands: list[SimpleCommand] = []
    reads: list[Word] = []
    writes: list[Word] = []
    for child in node.children:
        if child.type == "file_redirect":
            _redirect(child, reads, writes)
        else:
            commands += _commands(child)
    for index, command in enumerate(commands):
        is_last = index == len(commands) - 1
        yield SimpleCommand(command.words, (*command.reads, *reads), (*command.writes, *(writes if is_last else ())))


def _redirect(node: Node, reads: list[Word], writes: list[Word]) -> None:
    parts = [child for child in node.children if child.type != "file_descriptor"]
    if len(parts) != len(("operator", "target")):
        raise NotUnderstoodError(_text(node))
    operator, target = parts
    word = _word(target)
    if not word.literal:
        raise NotUnderstoodError(word.text)
    if operator.type == "<":
        reads.append(word)
    elif operator.type in {">", ">>"} and word.text != "/dev/null":
        writes.append(word)
    elif (operator.type, word.text) not in _HARMLESS_REDIRECTS:
        raise NotUnderstoodError(operator.type)


def _word(node: Node) -> Word:
    match node.type:
        case "command_name" if len(node.children) == 1:
            return _word(node.children[0])
        case "word" | "number":
            text = _text(node)
            return Word(text, literal=not _GLOB.search(text))
        case "raw_string":
            return Word(_text(node)[1:-1])
        case "string":
            return Word("".join(_inside(child) for child in node.children[1:-1]))
        case "concatenation":
            parts = [_word(child) for child in node.children]
            return Word("".join(part.text for part in parts), literal=all(part.literal for part in parts))
        case _:
            raise NotUnderstoodError(node.type)


def _inside(node: Node) -> str:
    if node.type != "string_content":
        raise NotUnderstoodError(node.type)
    return _text(node)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
