"""Lines as the terminal's own text, for what is drawn anew again and again."""

from collections.abc import Sequence

from rich.console import Console, RenderableType

LEAST_WIDTH = 20


def painted(console: Console, lines: Sequence[RenderableType]) -> str:
    """Return lines with their colours as the terminal's commands, each ended."""
    if not lines:
        return ""
    with console.capture() as capture:
        for line in lines:
            console.print(line)
    return capture.get()


def plain_width(console: Console) -> int:
    """Return the columns that lines may take."""
    return max(console.width, LEAST_WIDTH)
