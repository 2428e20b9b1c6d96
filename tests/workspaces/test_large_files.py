import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.errors import FileUnreadable
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.plain_search import PlainSearch
from artelier.workspaces.reading import WHOLE_LIMIT
from artelier.workspaces.windows import LINE_LIMIT, Window

LINE = "строка номер {:07}\n"
COUNT = WHOLE_LIMIT // len(LINE.format(0).encode()) + 50_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    text = "".join(LINE.format(number) for number in range(1, COUNT + 1))
    (folder / "utf8.log").write_bytes(text.encode())
    (folder / "koi8.log").write_bytes(text.encode("koi8-r"))
    (folder / "utf16.log").write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    return folder


@pytest.mark.parametrize("name", ["utf8.log", "utf16.log"])
@pytest.mark.parametrize("first", [1, 2, 49_999, COUNT - 1])
async def test_a_window_on_a_large_file_is_exact(large: Path, name: str, first: int) -> None:
    view = await LocalWorkspace(large).read_text(name, first, 2)
    assert view.text == LINE.format(first) + LINE.format(first + 1)
    assert (view.first_line, view.lines, view.size) == (first, 2, (large / name).stat().st_size)
    assert (view.total_lines, view.truncated) == ((None, True) if first < COUNT - 1 else (COUNT, False))


async def test_the_end_of_a_large_file_is_told(large: Path) -> None:
    view = await LocalWorkspace(large).read_text("utf8.log", COUNT, 10)
    assert (view.text, view.lines, view.total_lines, view.truncated) == (LINE.format(COUNT), 1, COUNT, False)
    assert (await LocalWorkspace(large).read_text("utf8.log", COUNT + 5, 10)).text == ""


async def test_large_files_are_not_edited_or_replaced(large: Path) -> None:
    workspace = LocalWorkspace(large)
    for call in (workspace.replace_text("utf8.log", "1", "2"), workspace.write_text("utf8.log", "x")):
        with pytest.raises(FileUnreadable, match="can be changed at once"):
            await call


async def test_sparse_giants_are_answered_at_once(tmp_path: Path) -> None:
    for name, beginning in (("empty", b""), ("text", b"first\nsecond\n" + b"x" * 100_000)):
        with (tmp_path / name).open("wb") as file:
            file.write(beginning)
            file.truncate(1 << 40)
    workspace = LocalWorkspace(tmp_path, searcher=PlainSearch())
    with pytest.raises(FileUnreadable, match="binary, 1099511627776 bytes"):
        await workspace.read_text("empty")
    assert (await workspace.read_text("text", 1, 2)).text == "first\nsecond\n"
    with pytest.raises(FileUnreadable, match="binary"):
        await workspace.read_text("text", 3, 1)
    found = await workspace.search("first")
    assert (found.matches, found.truncated) == ((), True)


async def test_a_file_that_grows_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\n")
    workspace = LocalWorkspace(tmp_path)
    with workspace.root.opened_file("a.log") as opened:
        with (tmp_path / "a.log").open("a") as file:
            file.write("two\n")
        assert os.pread(opened.descriptor, opened.status.st_size, 0) == b"one\n"
    assert (await workspace.read_text("a.log")).text == "one\ntwo\n"


@given(st.text("a\nж", max_size=60), st.integers(1, 8), st.integers(0, 8), st.integers(1, 9))
def test_a_window_does_not_depend_on_how_the_text_comes(text: str, first: int, most: int, piece: int) -> None:
    window = Window(first, most)
    for start in range(0, len(text), piece):
        window.feed(text[start : start + piece])
    view = window.view("a", len(text), "utf-8", complete=True)
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    lines = lines if lines[-1] else lines[:-1]
    shown = lines[first - 1 : first - 1 + most]
    assert view.text == "".join(shown)
    assert (view.lines, view.total_lines) == (len(shown), len(lines))
    assert view.truncated == (first - 1 + len(shown) < len(lines))


@given(st.integers(LINE_LIMIT - 2, LINE_LIMIT + 3), st.integers(1000, 7000), st.sampled_from(["", "\n", "\nmore"]))
def test_a_line_is_cut_where_it_is_too_long_and_nowhere_else(length: int, piece: int, end: str) -> None:
    window = Window(1, 1)
    text = "y" * length + end
    for start in range(0, len(text), piece):
        window.feed(text[start : start + piece])
    view = window.view("a", len(text), "utf-8", complete=True)
    if length <= LINE_LIMIT:
        assert view.text == "y" * length + end[:1]
    else:
        assert view.text == "y" * LINE_LIMIT + f"… [line cut: {length} characters]\n"
    assert view.truncated == (length > LINE_LIMIT or end == "\nmore")
