"""Whether a shell evaluates something unseen: arithmetic runs what the content of a variable names, ``a[$(rm x)]`` in it for instance.

Bash evaluates arithmetic over words again and again until numbers are left, so it can be followed only over what surely is a number.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tree_sitter import Node

from artelier.approvals.shell_words import text_of

_COMPARISONS = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
_NUMBERED = frozenset(
    (
        *("RANDOM", "SECONDS", "LINENO", "EPOCHSECONDS", "UID", "EUID", "PPID", "BASHPID", "COLUMNS", "LINES", "OPTIND"),
        *("BASH_SUBSHELL", "#", "?", "$", "!"),
    )
)
"""Variables that the shell itself fills with numbers."""
_LITERAL = re.compile(r"[-+]?\d+")
_NUMERALS = re.compile(r"\b(?:\d+#[0-9A-Za-z@_]+|0[xX][0-9a-fA-F]+|\d+)\b")
_NAME = re.compile(r"[A-Za-z_]\w*")
_PLAIN = re.compile(r"[\w\s+\-*/%<>=!&|^~?:;,()#]*")
_FILLERS = frozenset({"read", "mapfile", "readarray", "getopts", "wait"})
_COUNTERS: Mapping[str, re.Pattern[str]] = {
    "wc": re.compile(r"( -[lcwm]+)+"),
    "date": re.compile(r"( -u)? \+%[smdHMSYjuwyN]+"),
    "nproc": re.compile(r""),
    "id": re.compile(r" -[ug]"),
    "seq": re.compile(r"( -?\d+){1,3}"),
    "stat": re.compile(r" -c ['\"]?%[sYXZ]['\"]? \S+"),
    "tput": re.compile(r" (cols|lines)"),
}
"""Commands that print numbers and nothing else, with these words."""
_TRANSFORMED = len(("${", "x", "@", "P", "}"))


def evaluates_unknown(root: Node) -> bool:
    """Return whether a text evaluates what cannot be seen in it: anything but numbers in arithmetic, prompts, names of names."""
    variables = _Variables(root)
    return any(_unknown(node, variables) for node in _all(root))


class _Variables:
    """Which variables of a text surely hold numbers, whenever they are looked at."""

    def __init__(self, root: Node) -> None:
        self._values: dict[str, list[Node | bool]] = {}
        self.keyed: set[str] = set()
        self._numbers: set[str] = set()
        for node in _all(root):
            self._learn_keyed(node)
        for node in _all(root):
            self._learn(node)
        while new := {name for name in self._values.keys() - self._numbers if all(map(self.holds_number, self._values[name]))}:
            self._numbers |= new

    def is_number(self, name: str) -> bool:
        return name in self._numbers or (name in _NUMBERED and name not in self._values)

    def holds_number(self, value: Node | bool) -> bool:
        """Return whether what is assigned is a number for sure."""
        if isinstance(value, bool):
            return value
        match value.type:
            case "arithmetic_expansion":
                return True
            case "command_substitution":
                return _counts(value)
            case "simple_expansion" | "expansion":
                return self.expands_to_number(value)
            case "string" if any(child.is_named and child.type != "string_content" for child in value.children):
                return len(value.children) == len(("quote", "expansion", "quote")) and self.holds_number(value.children[1])
            case "array":
                return all(self.holds_number(child) for child in value.children if child.is_named)
            case "brace_expression":
                return bool(re.fullmatch(r"\{-?\d+(\.\.-?\d+)+\}", text_of(value)))
            case _:
                return bool(_LITERAL.fullmatch(text_of(value).strip("'\"")))

    def expands_to_number(self, node: Node) -> bool:
        """Return whether ``$x``, ``${x}`` or ``${#x}`` is a number for sure."""
        text = text_of(node).strip("${}")
        if node.type == "expansion" and text_of(node).startswith("${#"):
            return True
        indices = re.fullmatch(r"\$\{!(\w+)\[[@*]\]\}", text_of(node))
        if indices is not None:
            return indices[1] not in self.keyed
        return self.is_number(text or text_of(node)[1:2])

    def _learn_keyed(self, node: Node) -> None:
        if node.type == "declaration_command" and any(re.fullmatch(r"-\w*A\w*", text_of(child)) for child in node.children):
            self.keyed |= {_name_of(child) for child in node.children if child.type in {"variable_name", "variable_assignment"}}

    def _learn(self, node: Node) -> None:
        match node.type:
            case "variable_assignment":
                self._assigned(node)
            case "binary_expression" if len(node.children) > 1 and node.children[1].type in {"=", "+=", "-=", "*=", "/=", "%="}:
                self._note(text_of(node.children[0]), value=True)
            case "for_statement":
                name, *values = [child for child in node.children if child.is_named and child.type != "do_group"]
                known = bool(values) and node.children[0].type == "for"
                self._note(text_of(name), value=known and all(map(self.holds_number, values)))
            case "expansion" if any(child.type in {":=", "="} for child in node.children):
                for name in node.children[1:2]:
                    self._note(text_of(name), value=False)
            case "command":
                self._filled([re.sub(r"[\\'\"]", "", text_of(child)) for child in node.children])
            case _:
                return

    def _filled(self, words: Sequence[str]) -> None:
        """Note what a command of the shell's own puts into variables: nobody knows what, but for sums."""
        if "let" in words:
            for word in words:
                self._note(word.partition("=")[0].rstrip("+-*/%"), value=True)
        elif not _FILLERS.isdisjoint(words) or any(word.startswith("-v") for word in words):
            for word in words:
                self._note(word.removeprefix("-v"), value=False)

    def _assigned(self, node: Node) -> None:
        value = node.child_by_field_name("value") or (node.children[-1] if len(node.children) > len("x=") else None)
        summed = node.parent is not None and (node.parent.type in {"c_style_for_statement", "arithmetic_expansion"} or _is_sum(node.parent))
        self._note(_name_of(node), value=True if value is None or summed else value)

    def _note(self, name: str, *, value: Node | bool) -> None:
        self._values.setdefault(name, []).append(value)


def _unknown(node: Node, variables: _Variables) -> bool:  # noqa: PLR0911  a flat match over kinds of nodes
    """Return whether this very node evaluates what is no number."""
    match node.type:
        case "arithmetic_expansion" | "compound_statement" if node.type == "arithmetic_expansion" or _is_sum(node):
            return not _all_safe(node.children[1:-1], variables)
        case "c_style_for_statement":
            return not _all_safe(_between(node.children, "((", "))"), variables)
        case "subscript":
            return not _is_index(node, variables)
        case "binary_expression" if _operator(node) in _COMPARISONS and _stands_in_double(node):
            return not _all_safe((node.children[0], node.children[-1]), variables)
        case "unary_expression" if _operator(node, 0) in {"-v", "-R"}:
            return not _is_name(text_of(node.children[-1]))
        case "expansion":
            return _expands_unknown(node, variables)
        case "declaration_command":
            return _declares_unknown(node, variables)
        case "unset_command":
            return not all(_is_name(text_of(child)) or text_of(child).startswith("-") for child in node.children[1:])
        case "command" if text_of(node.children[0]) == "let":
            return not _all_safe(node.children[1:], variables)
        case _:
            return False


def _expands_unknown(node: Node, variables: _Variables) -> bool:
    kinds = [child.type for child in node.children]
    if len(kinds) >= _TRANSFORMED and kinds[-3] == "@" and text_of(node.children[-2]) == "P":
        return True
    if kinds[1:2] == ["!"]:
        return not (re.fullmatch(r"\$\{!\w+(\[[@*]\]|[@*])\}", text_of(node)))
    return ":" in kinds and not _all_safe(node.children[kinds.index(":") : -1], variables)


def _declares_unknown(node: Node, variables: _Variables) -> bool:
    options = "".join(text_of(child) for child in node.children if text_of(child).startswith("-"))
    if "n" in options or any(_HIDES.search(text_of(leaf)) for leaf in _all(node) if leaf.type in {"raw_string", "ansi_c_string"}):
        return True
    names = [_name_of(child) for child in node.children if child.type in {"variable_name", "variable_assignment"}]
    odd = any(child.type in {"string", "concatenation", "raw_string"} for child in node.children[1:])
    return odd or ("i" in options and not all(map(variables.is_number, names)))


_HIDES = re.compile(r"\$\(|`")


def _all_safe(nodes: Iterable[Node], variables: _Variables) -> bool:
    return all(_safe(node, variables) for node in nodes)


def _safe(node: Node, variables: _Variables) -> bool:
    """Return whether arithmetic finds nothing but numbers and operators here."""
    match node.type:
        case "command_substitution":
            return _counts(node)
        case "simple_expansion" | "expansion":
            return variables.expands_to_number(node)
        case "arithmetic_expansion":
            return True  # looked at by itself
        case "variable_assignment":
            return _all_safe(node.children[1:], variables)
        case "subscript":
            return _is_index(node, variables) and variables.is_number(text_of(node.children[0]))
        case "raw_string" | "ansi_c_string":
            return bool(_LITERAL.fullmatch(text_of(node).strip("$'")))
        case _ if node.children:
            left = 1 if _operator(node) == "=" else 0
            return _all_safe(node.children[left:], variables)
        case _:
            return _plain_sum(re.sub(r"^\w+=(?!=)", "", text_of(node).strip('"')), variables)


def _plain_sum(text: str, variables: _Variables) -> bool:
    return _PLAIN.fullmatch(text) is not None and all(map(variables.is_number, _NAME.findall(_NUMERALS.sub(" ", text))))


def _is_index(node: Node, variables: _Variables) -> bool:
    name, index = text_of(node.children[0]), node.children[2:-1]
    if name in variables.keyed:
        return all(child.type in {"word", "number", "simple_expansion"} or _is_fixed_string(child) for child in index)
    return text_of(node)[len(name) :] in {"[@]", "[*]"} or _all_safe(index, variables)


def _is_fixed_string(node: Node) -> bool:
    return node.type == "string" and not _HIDES.search(text_of(node))


def _counts(substitution: Node) -> bool:
    """Return whether a substitution prints a number and nothing else: the last command of a pipeline decides."""
    body = [child for child in substitution.children if child.is_named]
    node = body[0] if len(body) == 1 else None
    while node is not None and node.type in {"pipeline", "redirected_statement"}:
        node = node.children[-1] if node.type == "pipeline" else node.children[0]
    if node is None or node.type != "command":
        return False
    program, *words = [text_of(child) for child in node.children]
    if program == "grep":
        return any(re.fullmatch(r"-\w*c\w*|--count", word) for word in words) and not any(
            re.match(r"-\w*[rRH]|--[rw]", word) for word in words
        )
    shape = _COUNTERS.get(program)
    return shape is not None and shape.fullmatch("".join(f" {word}" for word in words)) is not None


def _stands_in_double(node: Node) -> bool:
    while node.parent is not None and node.type != "test_command":
        node = node.parent
    return text_of(node).startswith("[[")


def _operator(node: Node, place: int = 1) -> str:
    return text_of(node.children[place]) if len(node.children) > place else ""


def _is_sum(node: Node) -> bool:
    return node.type == "compound_statement" and bool(node.children) and node.children[0].type == "(("


def _between(nodes: Sequence[Node], first: str, last: str) -> Sequence[Node]:
    kinds = [node.type for node in nodes]
    return nodes[kinds.index(first) + 1 : kinds.index(last)]


def _is_name(text: str) -> bool:
    return re.fullmatch(r"\w+(\[(\d+|[@*])\])?", text.strip("'\"")) is not None


def _name_of(node: Node) -> str:
    return text_of(node).partition("=")[0].removesuffix("+").partition("[")[0]


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)
