"""Every simple command that a shell text holds, wherever it stands: pipelines, loops, functions, substitutions, here-documents.

This is how a person reads a text, as Bash: to show it and to judge it. What may run beside other calls is decided by
``syntax.py``, which follows far less of the language and is never wrong about it.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Language, Node, Parser
from tree_sitter_bash import language

from artelier.approvals.arithmetic import evaluates_unknown
from artelier.approvals.shell_words import NotReadableError, Word, hides_a_command, text_of, word_of

LONGEST_TEXT = 16_384
"""Characters; nobody reads longer ones."""
_PARSER = Parser(Language(language()))
_TEXT_LEAVES = frozenset({"word", "string_content", "regex", "extglob_pattern", "heredoc_content", "heredoc_body", "test_operator"})
_SILENT = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/zero"})
_INPUTS = frozenset({"<", "<&", "<&-", ">&-"})


class Spoken(Struct, frozen=True):
    """One simple command as it was written."""

    words: tuple[Word, ...]
    assigned: tuple[str, ...] = ()
    """Names of variables set for this command alone."""
    writes: tuple[str, ...] = ()
    """Files that its output is sent to."""
    reads: tuple[str, ...] = ()
    stdin: str | None = None
    """What it reads, where the text itself says it."""
    piped: bool = False
    function: str = ""
    """The function that it stands in."""


class Text(Struct, frozen=True):
    """What was found in a shell text."""

    commands: tuple[Spoken, ...]
    assigned: frozenset[str] = frozenset()
    """Names of variables set for all that follows."""
    commented: bool = False
    values: tuple[tuple[str, str], ...] = ()
    """What its variables are set to, where that is written plainly."""
    unclear: bool = False
    """Whether the shell evaluates something on the way that the text does not show."""


def read_text(text: str) -> Text:
    """Return everything a shell text would run. Raises ``NotReadableError`` where that cannot be said."""
    if not text.strip() or len(text) > LONGEST_TEXT or any(_is_odd(character) for character in text):
        raise NotReadableError(text[:80])
    try:
        root = _PARSER.parse(text.encode()).root_node
    except UnicodeEncodeError as failure:
        raise NotReadableError(text[:80]) from failure
    if root.has_error:
        raise NotReadableError(text[:80])
    walk = _Walk()
    walk.visit(root)
    return Text(tuple(walk.found), frozenset(walk.assigned), walk.commented, tuple(walk.values), evaluates_unknown(root))


def _is_odd(character: str) -> bool:
    """Whether a person, a parser and a shell could read a character differently: controls, unseen marks, other blanks."""
    if character in "\t\n" or " " <= character <= "~":
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}


class _Walk:
    """Collects the simple commands beneath a node, in the order written."""

    def __init__(self) -> None:
        self.found: list[Spoken] = []
        self.assigned: set[str] = set()
        self.commented = False
        self.values: list[tuple[str, str]] = []
        self._function = ""
        self._places: dict[int, int] = {}

    def visit(self, node: Node) -> None:  # noqa: C901, PLR0912  a flat match over kinds of nodes
        """Collect what stands at or beneath a node."""
        match node.type:
            case "command":
                self._command(node)
            case "redirected_statement":
                self._redirected(node)
            case "pipeline":
                self._pipeline(node)
            case "function_definition":
                self._define(node)
            case "for_statement":
                self.assigned.update(text_of(child) for child in node.children_by_field_name("variable"))
                self.values += [(text_of(node.children[1]), word_of(child).text) for child in node.children[2:] if child.type in _ARGUMENTS]
                self._beneath(node.children)
            case "variable_assignment":
                self.assigned.add(_name_of(node))
                self.values += [(_name_of(node), word_of(child).text) for child in node.children[2:] if child.type in _ARGUMENTS]
                self._beneath(node.children)
            case "declaration_command" | "unset_command":
                self._declare(node)
            case "test_command":
                self._beneath(node.children)
                self._add(tuple(Word(part) for part in text_of(node).split()))
            case "command_substitution" if any(child.type == "file_redirect" for child in node.children):
                self._redirected(node)
            case "process_substitution" if text_of(node).startswith(">("):
                first = len(self.found)
                self._beneath(node.children)
                self._change(range(first, len(self.found)), piped=True)
            case "comment" | "raw_string" | "ansi_c_string":
                self.commented = self.commented or node.type == "comment"
            case kind if not node.children and kind in _TEXT_LEAVES and hides_a_command(node):
                raise NotReadableError(text_of(node))
            case _:
                self._beneath(node.children)

    def _beneath(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.visit(node)

    def _add(self, words: tuple[Word, ...], assigned: tuple[str, ...] = ()) -> None:
        self.found.append(Spoken(words, assigned, function=self._function))

    def _command(self, node: Node) -> None:
        words = [word_of(child) for child in node.children if child.type not in _NO_WORDS]
        assigned = tuple(_name_of(child) for child in node.children if child.type == "variable_assignment")
        redirects = [child for child in node.children if child.type in _REDIRECTS]
        own = self._places[node.id] = len(self.found)
        self._add(tuple(words), assigned)
        for child in node.children:
            if child.type == "variable_assignment":
                self._beneath(child.children)
            elif child.type not in _REDIRECTS:
                self.visit(child)
        self._redirect(redirects, [own])

    def _declare(self, node: Node) -> None:
        words = [Word(text_of(child)) for child in node.children]
        self._add(tuple(words))
        self._beneath(child for child in node.children if child.children)

    def _define(self, node: Node) -> None:
        outer, self._function = self._function, text_of(node.child_by_field_name("name") or node)
        self._beneath(node.children)
        self._function = outer

    def _pipeline(self, node: Node) -> None:
        told: str | None = None
        for number, child in enumerate(node.children):
            first = len(self.found)
            self.visit(child)
            if number and len(self.found) > first:
                self._change(range(first, len(self.found)), piped=True)
                if told is not None and self.found[first].stdin is None:
                    self._change([first], stdin=told)
            if len(self.found) > first:
                told = _told(self.found[first:])

    def _redirected(self, node: Node) -> None:
        redirects = [child for child in node.children if child.type in _REDIRECTS]
        body = [child for child in node.children if child.type not in _REDIRECTS]
        first = len(self.found)
        self._beneath(body)
        mine = range(first, len(self.found))
        if not mine:
            self._add(())
            mine = range(first, first + 1)
        else:
            mine = self._last_of(body[-1], mine)
        self._redirect(redirects, list(mine))

    def _last_of(self, node: Node, everything: range) -> range:
        """Return the command that a redirection behind a list belongs to; all of them behind a group or a loop."""
        if node.type == "command":
            return range(self._places[node.id], self._places[node.id] + 1)
        if node.type in {"list", "pipeline", "negated_command"}:
            return self._last_of(node.children[-1], everything)
        return everything

    def _redirect(self, redirects: Sequence[Node], mine: Sequence[int]) -> None:
        for redirect in redirects:
            if redirect.type == "file_redirect":
                self._file(redirect, mine)
            else:
                self._here(redirect, mine)

    def _file(self, redirect: Node, mine: Sequence[int]) -> None:
        parts = [child for child in redirect.children if child.type != "file_descriptor"]
        operator, targets = parts[0].type, parts[1:]
        self._beneath(targets)
        words = [word_of(target) for target in targets]
        if not words:
            return
        target = words[0]
        copies = operator in {">&", "<&"} and (target.text.isdigit() or target.text == "-")
        if operator in _INPUTS or copies:
            self._change(mine, reads=() if copies else (target.text,))
        elif target.text not in _SILENT and not target.text.startswith(">("):
            self._change(mine, writes=(target.text,))
        self._more_words(mine, words[1:], targets[1:])

    def _more_words(self, mine: Sequence[int], words: Sequence[Word], nodes: Sequence[Node]) -> None:
        """Give a command the words that stand behind a redirection: the parser takes them for more targets."""
        kept = tuple(word for word, node in zip(words, nodes, strict=True) if not _opens_a_redirect(node))
        if kept:
            one = mine[0]
            self.found[one] = replace(self.found[one], words=(*self.found[one].words, *kept))

    def _here(self, redirect: Node, mine: Sequence[int]) -> None:
        """Follow a here-document or here-string, and the rest of the line that the parser puts into the former."""
        start = next((text_of(child) for child in redirect.children if child.type == "heredoc_start"), "")
        quoted = any(mark in start for mark in "'\"\\")
        for child in redirect.children:
            if child.type == "heredoc_body":
                if not quoted:
                    self.visit(child)
                self._change(mine, stdin=text_of(child))
            elif child.type == "file_redirect":
                self._file(child, mine)
            elif child.type in _ARGUMENTS and redirect.type == "heredoc_redirect":
                self._more_words(mine, [word_of(child)], [child])
                self.visit(child)
            elif child.type in _ARGUMENTS:
                self.visit(child)
                self._change(mine, stdin=word_of(child).text)
            else:
                self._rest_of_line(child)

    def _rest_of_line(self, node: Node) -> None:
        first = len(self.found)
        self.visit(node)
        if node.type == "pipeline":
            self._change(range(first, len(self.found)), piped=True)

    def _change(
        self,
        which: Iterable[int],
        *,
        writes: tuple[str, ...] = (),
        reads: tuple[str, ...] = (),
        stdin: str | None = None,
        piped: bool = False,
    ) -> None:
        for index in which:
            one = self.found[index]
            self.found[index] = replace(
                one,
                writes=(*one.writes, *writes),
                reads=(*one.reads, *reads),
                stdin=one.stdin if stdin is None else stdin,
                piped=one.piped or piped,
            )


_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_NO_WORDS = _REDIRECTS | {"variable_assignment", "comment"}
_ARGUMENTS = frozenset({"word", "string", "raw_string", "ansi_c_string", "concatenation", "number", "simple_expansion", "expansion"})


def _name_of(assignment: Node) -> str:
    return text_of(assignment).partition("=")[0].removesuffix("+").partition("[")[0]


def _opens_a_redirect(node: Node) -> bool:
    """Whether a number is the descriptor of the redirection right behind it."""
    following = node.next_sibling or (node.parent.next_sibling if node.parent is not None else None)
    return node.type == "number" and following is not None and following.start_byte == node.end_byte


def _told(commands: Sequence[Spoken]) -> str | None:
    """Return what a command writes into a pipe where the text itself says it."""
    if len(commands) != 1 or not commands[0].words or commands[0].words[0].text not in {"echo", "printf"}:
        return None
    words = commands[0].words[1:]
    return " ".join(word.text for word in words if not word.text.startswith("-")) if all(word.fixed for word in words) else None
