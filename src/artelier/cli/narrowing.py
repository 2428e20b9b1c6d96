"""What is left of the moving part when the terminal is made narrower: terminals break its old lines, and it takes more rows then."""

from prompt_toolkit.application import Application
from prompt_toolkit.layout.screen import Screen
from prompt_toolkit.renderer import Renderer


def rows_more(widths: list[int], column: int, columns: int) -> int:
    """Return how many rows more lie above the cursor once lines of these widths are broken; the cursor's own line comes last.

    ``column`` is where the cursor stands in it, ``columns`` how many the terminal has now.
    """
    above = sum(max(width - 1, 0) // columns for width in widths)
    return above + column // columns


def erase_broken_lines(app: Application[str]) -> None:
    """Let an application erase all rows of what it drew, when its terminal is narrowed."""
    renderer, as_ever = app.renderer, app._on_resize  # noqa: SLF001  it offers no other way to do something before it erases

    def resized() -> None:
        size, before = renderer.output.get_size(), renderer._last_size  # noqa: SLF001  told nowhere else
        if size == before:  # it is told of a size twice, and has drawn for this one
            return
        screen = renderer.last_rendered_screen
        if screen is not None and before is not None and 0 < size.columns < before.columns:
            _climb(renderer, screen, size.columns)
        as_ever()

    app._on_resize = resized  # type: ignore[method-assign]  # noqa: SLF001


def _climb(renderer: Renderer, screen: Screen, columns: int) -> None:
    """Move the cursor up by the rows that the terminal has added above it."""
    place = renderer._cursor_pos  # noqa: SLF001  told nowhere else
    renderer.output.cursor_up(rows_more([_width(screen, row) for row in range(place.y)], place.x, columns))


def _width(screen: Screen, row: int) -> int:
    """Return the columns of a row up to its last sign that is drawn."""
    return max((column + 1 for column, sign in screen.data_buffer[row].items() if sign.char != " "), default=0)
