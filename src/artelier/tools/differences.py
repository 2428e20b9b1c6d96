"""The difference of two texts, line by line, in time that is bounded for texts of any size."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_CONTEXT = 3
_PAIRS_LIMIT = 1_000_000
"""Lines of the one times lines of the other that are compared; beyond it all between the common ends counts as replaced."""
_SHOWN_LINES = 120
_SHOWN_WIDTH = 400


class Block(NamedTuple):
    """Lines that are equal, removed or added: from ``first`` to before ``last`` of the old text, and of the new one."""

    tag: str
    first: int
    last: int
    new_first: int
    new_last: int


class Difference(NamedTuple):
    """How many lines a change added and removed, and its hunks as a unified diff without file names."""

    added: int
    removed: int
    text: str

    @property
    def summary(self) -> str:
        """A few characters for a person: ``+6 −2``."""
        return f"+{self.added} −{self.removed}"


def difference(before: str, after: str) -> Difference:
    """Compare two texts."""
    old, new = _lines(before), _lines(after)
    blocks = _blocks(old, new)
    changed = [block for block in blocks if block.tag != "equal"]
    hunks = [line for hunk in _hunks(blocks) for line in _hunk_lines(hunk, old, new)]
    if len(hunks) > _SHOWN_LINES:
        hunks[_SHOWN_LINES:] = [f"[... {len(hunks) - _SHOWN_LINES} more lines ...]"]
    return Difference(
        added=sum(block.new_last - block.new_first for block in changed),
        removed=sum(block.last - block.first for block in changed),
        text="\n".join(hunks),
    )


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    one, other = old[start : len(old) - end], new[start : len(new) - end]
    if len(one) * len(other) > _PAIRS_LIMIT:
        inner = [Block("replace", 0, len(one), 0, len(other))]
    else:
        inner = [Block(*operation) for operation in SequenceMatcher(None, one, other, autojunk=False).get_opcodes()]
    moved = [Block(tag, a + start, b + start, c + start, d + start) for tag, a, b, c, d in inner]
    head = [Block("equal", 0, start, 0, start)]
    tail = [Block("equal", len(old) - end, len(old), len(new) - end, len(new))]
    return [block for block in (*head, *moved, *tail) if block.last > block.first or block.new_last > block.new_first]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number


def _hunks(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Group changes that are near each other, with a few equal lines around them."""
    hunk: list[Block] = []
    for position, block in enumerate(blocks):
        if block.tag != "equal":
            hunk.append(block)
            continue
        has_more = position + 1 < len(blocks)
        if hunk and has_more and block.last - block.first <= 2 * _CONTEXT:
            hunk.append(block)
            continue
        if hunk:
            yield [*hunk, _first_lines(block)]
        hunk = [_last_lines(block)] if has_more else []
    if hunk:
        yield hunk


def _first_lines(block: Block) -> Block:
    length = min(_CONTEXT, block.last - block.first)
    return Block("equal", block.first, block.first + length, block.new_first, block.new_first + length)


def _last_lines(block: Block) -> Block:
    length = min(_CONTEXT, block.last - block.first)
    return Block("equal", block.last - length, block.last, block.new_last - length, block.new_last)


def _hunk_lines(hunk: Sequence[Block], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    first, last = hunk[0], hunk[-1]
    yield f"@@ -{_range(first.first, last.last)} +{_range(first.new_first, last.new_last)} @@"
    for block in hunk:
        if block.tag == "equal":
            yield from _marked(" ", old[block.first : block.last])
        else:
            yield from _marked("-", old[block.first : block.last])
            yield from _marked("+", new[block.new_first : block.new_last])


def _range(first: int, last: int) -> str:
    length = last - first
    return f"{first + (length > 0)},{length}" if length != 1 else str(first + 1)


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        shown = line.rstrip("\n")
        yield mark + (shown if len(shown) <= _SHOWN_WIDTH else shown[:_SHOWN_WIDTH] + "…")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
