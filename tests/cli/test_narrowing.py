"""Rows that a narrower terminal adds, and a question that says which of several it is."""

import pytest
from rich.console import Console
from rich.text import Text

from artelier.cli.narrowing import rows_more
from artelier.cli.question_cards import framed, placed


@pytest.mark.parametrize(
    ("widths", "column", "columns", "more"),
    [([80, 80, 10], 2, 64, 2), ([80], 2, 80, 0), ([80], 2, 40, 1), ([81], 2, 40, 2), ([0], 0, 10, 0), ([], 45, 40, 1)],
)
def test_broken_lines_take_more_rows(widths, column, columns, more):
    assert rows_more(widths, column, columns) == more


def test_a_question_among_others_says_which_it_is():
    assert placed("Approve a command?", (1, 1)) == "Approve a command?"
    drawn = framed(placed("Approve a command?", (2, 4)), "23:59:59, then reject", Text("x"), Console(width=80)).plain
    assert drawn.splitlines()[0].startswith("┌─ 2 of 4 · Approve a command? ─")
