"""Changes of single fields in an agent's text: what is not named stays to the letter, comments included."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import yaml

from artelier.domain.errors import SettingsError

HEAD = re.compile(r"(---\n)(.*?)(\n---\n.*)", re.DOTALL)
"""Front matter between its two lines, and all that follows."""


def with_fields(text: str, changes: Mapping[str, Any]) -> str:
    """Return an agent's text with fields of its front matter changed; None takes one out, a table changes what it names.

    Raises ``SettingsError`` where the text is laid out in a way that only a person can change.
    """
    found = HEAD.match(text)
    if found is None:
        raise SettingsError("The agent's file does not begin with front matter. Correct it as text.")
    head = found[2]
    try:
        for name, value in changes.items():
            head = _with(head, name, value)
        held = yaml.safe_load(head)
    except yaml.YAMLError as failure:
        raise SettingsError(f"The front matter is not YAML: {failure}. Correct it as text.") from failure
    if held != _wanted(yaml.safe_load(found[2]), changes):
        raise SettingsError(f"The front matter is written in a way that {', '.join(changes)} can only be changed as text.")
    return f"{found[1]}{head}{found[3]}"


def tools_for(listed: Sequence[str], stands_for: Mapping[str, Sequence[str]], wanted: Collection[str], has: Collection[str]) -> list[str]:
    """Return a list of tools that comes to the wanted ones, where the list as it is comes to what the agent ``has``.

    A word that stands for several stays where all of them are wanted, or where it stands for none yet; otherwise they are written out.
    """
    kept: dict[str, None] = {}
    for word in listed:
        names = stands_for[word]
        kept.update(dict.fromkeys([word] if all(name in wanted for name in names) else [name for name in names if name in wanted]))
    return [*kept, *(name for name in wanted if name not in has and name not in kept)]


def _wanted(held: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(held)
    for name, value in changes.items():
        meant = _wanted(merged.get(name) or {}, value) or None if isinstance(value, Mapping) else value
        merged[name] = meant
        if meant is None:
            del merged[name]
    return merged


def _with(head: str, name: str, value: Any) -> str:
    root = _composed(head)
    if not isinstance(value, Mapping):
        return _placed(head, root, name, value)
    whole = _wanted({name: (yaml.safe_load(head) or {}).get(name)}, {name: value}).get(name)
    table = _under(root, name)
    if whole is None or not isinstance(table, yaml.MappingNode) or table.flow_style:
        return _placed(head, root, name, whole)
    for inner in sorted(value, key=lambda each: value[each] is None):  # what goes goes last, so that the table is never empty
        found = _under(_composed(head), name)
        if isinstance(found, yaml.MappingNode):
            head = _placed(head, found, inner, value[inner])
    return head


def _composed(head: str) -> yaml.MappingNode:
    root = yaml.compose(head, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise SettingsError("The front matter has no line for each name. Change it as text.")
    return root


def _under(table: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((node for key, node in table.value if key.value == name), None)


def _placed(head: str, table: yaml.MappingNode, name: str, value: Any) -> str:
    """Put a value under a name of a table whose names have lines of their own, or take the name out."""
    pair = next(((key, node) for key, node in table.value if key.value == name), None)
    if pair is None:
        return head if value is None else _added(head, table, f"{name}: {_written(value)}")
    key, node = pair
    if value is None:
        return _cut(head, key, node)
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _listed(head, node, value)
    end = _end(node)
    gap = "" if node.start_mark.index > key.end_mark.index + 1 else " "
    return head[: node.start_mark.index] + gap + _written(value) + head[end:]


def _listed(head: str, node: yaml.SequenceNode, values: list[str]) -> str:
    """Rewrite a list with a line for each item: items that stay keep their lines, with what is said beside them."""
    starts = [head.rfind("\n", 0, item.start_mark.index) + 1 for item in node.value]
    end = _line_end(head, _end(node))
    lines = {item.value: head[start:stop].rstrip("\n") for item, start, stop in zip(node.value, starts, [*starts[1:], end], strict=True)}
    indent = head[starts[0] : node.value[0].start_mark.index]
    return head[: starts[0]] + "\n".join(lines.get(value, f"{indent}{_written(value)}") for value in values) + head[end:]


def _added(head: str, table: yaml.MappingNode, line: str) -> str:
    first, (_, last) = table.value[0][0], table.value[-1]
    end = _line_end(head, _end(last))
    return f"{head[:end]}\n{' ' * first.start_mark.column}{line}{head[end:]}"


def _cut(head: str, key: yaml.Node, node: yaml.Node) -> str:
    start = head.rfind("\n", 0, key.start_mark.index) + 1
    rest = head[_line_end(head, _end(node)) :]
    return head[:start] + rest.removeprefix("\n") if rest else head[:start].removesuffix("\n")


def _end(node: yaml.Node) -> int:
    """Return where a value ends; what stands in lines of its own ends with the last of them."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _line_end(head: str, place: int) -> int:
    found = head.find("\n", max(0, place - 1) if place and head[place - 1] == "\n" else place)
    return len(head) if found < 0 else found


def _written(value: Any) -> str:
    text = yaml.safe_dump([value], default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True).strip()
    return text[1:-1]
