"""A window on a text: some of its lines, however long the text or its lines are."""

from artelier.ports.workspace import FileView

LINE_LIMIT = 10_000
"""Characters of a line that are shown."""
WINDOW_LIMIT = 256 * 1000
"""Bytes of a window in UTF-8; it ends with the last line that fits."""


class Window:
    """Picks lines from a text that comes in pieces.

    ``full`` once nothing more is wanted of the pieces; feeding on still counts the lines of the text.
    """

    def __init__(self, first_line: int, max_lines: int) -> None:
        self.full = max_lines < 1
        self.cut = False
        """Whether a line was too long to be shown whole."""
        self._first = max(first_line, 1)
        self._number = 1
        self._max_lines = max_lines
        self._lines: list[str] = []
        self._bytes = 0
        self._line = ""
        self._line_length = 0
        self._newlines = 0
        self._ends_open = False

    def feed(self, piece: str) -> None:
        """Take the next piece of the text; any cut will do."""
        if not piece:
            return
        self._newlines += piece.count("\n")
        self._ends_open = not piece.endswith("\n")
        position = self._skip(piece)
        while position < len(piece) and not self.full:
            end = piece.find("\n", position)
            stop = len(piece) if end < 0 else end + 1
            self._extend_line(piece[position:stop])
            position = stop

    def view(self, path: str, size: int, encoding: str, *, complete: bool) -> FileView:
        """Return the window; ``complete`` says that the whole text was fed, so that its lines are counted."""
        if self._line_length and not self.full:
            self._close_line()
        total = self._newlines + self._ends_open
        last = self._first + len(self._lines) - 1
        return FileView(
            path=path,
            text="".join(self._lines),
            size=size,
            first_line=self._first,
            lines=len(self._lines),
            total_lines=total if complete else None,
            encoding=encoding,
            truncated=self.cut or not complete or last < total,
        )

    def _skip(self, piece: str) -> int:
        missing = self._first - self._number
        if missing <= 0:
            return 0
        newlines = piece.count("\n")
        if newlines < missing:
            self._number += newlines
            return len(piece)
        position = 0
        for _ in range(missing):
            position = piece.find("\n", position) + 1
        self._number = self._first
        return position

    def _extend_line(self, piece: str) -> None:
        self._line += piece[: max(LINE_LIMIT + 1 - len(self._line), 0)]
        self._line_length += len(piece) - piece.endswith("\n")
        if piece.endswith("\n"):
            self._close_line()

    def _close_line(self) -> None:
        line = self._line
        if self._line_length > LINE_LIMIT:
            self.cut = True
            line = f"{line[:LINE_LIMIT]}… [line cut: {self._line_length} characters]\n"
        self._line, self._line_length = "", 0
        self._bytes += len(line.encode(errors="replace"))
        if self._bytes > WINDOW_LIMIT:
            self.full = True
            return
        self._lines.append(line)
        self._number += 1
        self.full = len(self._lines) >= self._max_lines
