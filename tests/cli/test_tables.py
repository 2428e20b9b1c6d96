"""Tables at the widths of real terminals."""

import re

import pytest
from rich.cells import cell_len

from artelier.cli import listing
from artelier.cli.tables import column_widths, stacked

IDENTIFIER = "01a1fd92-8096-739b-be81-39b6bc744f68"
USAGE = ("Agent", "Runs", "Steps", "Calls", "Tokens in", "of them cached", "Tokens out", "of them reasoning", "Cost", "Saved", "Time")
USED = ("coder", "12", "140", "96", "1 234 567", "1 000 000", "45 678", "12 345", "$12.34", "$3.20", "12 min")
SESSION = (IDENTIFIER, "✓ finished", "CSV export loses cents in every month but one", "coder", "2026-11-22 01:26")
SESSIONS = ("Session", "State", "Title", "Agent", "Changed")


def _fits(lines, width, *rows):
    assert max(map(cell_len, lines)) <= width
    shown = set(re.split(r"[\s·]+", " ".join(lines)))
    assert {word for row in rows for cell in row for word in cell.split()} <= shown


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize(("row", "headings"), [(USED, USAGE), (SESSION, SESSIONS)])
def test_rows_that_do_not_fit_stand_below_one_another(row, headings, width):
    assert column_widths([row], headings, width - 3 * (len(headings) - 1)) is None
    lines = stacked(row, headings, width)
    assert lines[0] == row[0]
    _fits(lines, width, row)


def test_numbers_are_told_with_what_they_count():
    lines = stacked(USED, USAGE, 80)
    assert lines[1].startswith("  Runs: 12 · Steps: 140 · Calls: 96 · Tokens in: 1 234 567")
    assert stacked(("✓", "id", "name"), ("", "Workspace", "Name"), 80) == ["✓ id", "  name"]


def test_long_text_gives_way_and_what_is_short_does_not():
    widths = column_widths([("a", "2026-11-22 01:26", "words " * 50)], ("Tool", "At", "Does"), 60)
    assert widths == [4, 16, 40]
    assert column_widths([("a", "b")], ("Median until answered", "x"), 80) == [21, 1]
    assert column_widths([("a", "b")], ("Median until answered", "x"), 12) == [11, 1]


@pytest.mark.parametrize("width", ["72", "80", "100", "200"])
def test_no_list_breaks_a_word(monkeypatch, capsys, width):
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    for row, headings in (
        (USED, USAGE),
        (SESSION, SESSIONS),
        (("write_file", "write", "Writes a file whole, " * 9), ("Tool", "Effect", "Does")),
    ):
        listing.show([row], headings, "")
        lines = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
        _fits(lines, int(width), row)
