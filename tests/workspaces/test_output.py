import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.workspaces.output import KEPT, OutputKeeper, TextCleaner

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "\x1b[31mred\x1b[0m",
            "\x1b]0;title\x07",
            "\x1b]8;;http://x\x1b\\link",
            "\r\n",
            "\r",
            "\x1b[2K",
            "\x1b(B",
            "\x1b",
            "\x1bP1$r\x1b\\",
        ]
    ),
)


def cleaned(pieces: list[bytes]) -> str:
    cleaner = TextCleaner()
    return "".join([*(cleaner.clean(piece) for piece in pieces), cleaner.clean(b"", last=True)])


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain\tжё\n", "plain\tжё\n"),
        ("\x1b[1;31mred\x1b[0m text", "red text"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;https://example.com\x1b\\label\x1b]8;;\x1b\\", "label"),
        ("\x1bP+q544e\x1b\\x", "x"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("bell\x07 back\x08 null\x00 del\x7f csi\x9b", "bell back null del csi"),
        ("\x1b(B\x1b=\x1b7x\x1bc", "x"),
        ("unfinished \x1b[31", "unfinished [31"),
    ],
)
def test_control_sequences_are_dropped(raw: str, clean: str) -> None:
    assert cleaned([raw.encode()]) == clean


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(st.integers(1, 9), min_size=1))
def test_it_does_not_matter_how_the_bytes_come(text: str, sizes: list[int]) -> None:
    data = text.encode(errors="replace")
    pieces: list[bytes] = []
    position = 0
    while position < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[position : position + size])
        position += size
    assert cleaned(pieces) == cleaned([data])
    assert not CONTROLS.search(cleaned(pieces))


@given(st.lists(st.binary(max_size=20)))
def test_bytes_that_are_no_text_never_fail(pieces: list[bytes]) -> None:
    assert not CONTROLS.search(cleaned(pieces))


@given(st.lists(st.integers(1, KEPT), max_size=8))
def test_the_beginning_and_the_end_are_kept(sizes: list[int]) -> None:
    shown: list[str] = []
    keeper = OutputKeeper(shown.append)
    text = "".join(chr(97 + number) * size for number, size in enumerate(sizes))
    for number, size in enumerate(sizes):
        assert keeper.receive(chr(97 + number).encode() * size)
    kept = keeper.text()
    assert "".join(shown) == text
    assert keeper.truncated == (len(text) > KEPT)
    if keeper.truncated:
        mark = f"\n[... {len(text) - KEPT} characters left out ...]\n"
        assert kept == text[: KEPT // 2] + mark + text[-KEPT // 2 :]
    else:
        assert kept == text
