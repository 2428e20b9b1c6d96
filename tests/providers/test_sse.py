from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.errors import ReplyInvalid
from artelier.providers.sse import EVENT_LIMIT, EventParser

LINES = st.lists(
    st.sampled_from(
        [
            b"data: {}",
            b"data: {}\n",
            b"data:x",
            b"data",
            b"data:  two",
            b"event: error",
            b": ping",
            b"id: 1",
            b"retry: 5",
            b"bogus",
            b"",
            b"\xef\xbb\xbf",
        ]
    ),
    max_size=12,
)
ENDS = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\r\r", b""]), min_size=12, max_size=12)


def events_of(*chunks: bytes, limit: int = EVENT_LIMIT) -> list[tuple[bytes, bytes]]:
    parser = EventParser(limit)
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events + parser.finish()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: {}\n\n", [(b"", b"{}")]),
        (b"data: 1\n\ndata: 2\n\n", [(b"", b"1"), (b"", b"2")]),
        (b"data: 1\r\n\r\ndata: 2\r\n\r\n", [(b"", b"1"), (b"", b"2")]),
        (b"data: 1\r\rdata: 2\r\r", [(b"", b"1"), (b"", b"2")]),
        (b"data:1\n\n", [(b"", b"1")]),
        (b"data:  1\n\n", [(b"", b" 1")]),
        (b"data\n\n", [(b"", b"")]),
        (b"data: a\ndata: b\n\n", [(b"", b"a\nb")]),
        (b"event: error\ndata: x\n\ndata: y\n\n", [(b"error", b"x"), (b"", b"y")]),
        (b"event: lonely\n\ndata: y\n\n", [(b"", b"y")]),
        (b": a comment\n\n:\n\ndata: x\n\n", [(b"", b"x")]),
        (b"id: 7\nretry: 3\ndata: x\n\n", [(b"", b"x")]),
        (b"\xef\xbb\xbfdata: x\n\n", [(b"", b"x")]),
        (b"data: x", [(b"", b"x")]),
        (b"data: x\n", [(b"", b"x")]),
        (b"data: x\r", [(b"", b"x")]),
        (b"\n\n\ndata: x\n\n\n\n", [(b"", b"x")]),
        (b"data: 1\n\ndata: 2", [(b"", b"1"), (b"", b"2")]),
        (b"", []),
    ],
)
def test_a_stream_is_read(stream: bytes, events: list[tuple[bytes, bytes]]) -> None:
    assert events_of(stream) == events
    assert events_of(*(stream[place : place + 1] for place in range(len(stream)))) == events


@given(lines=LINES, ends=ENDS, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_any_split_reads_the_same(lines: list[bytes], ends: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(line + end for line, end in zip(lines, ends, strict=False))
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[start:end] for start, end in pairwise(places)]
    assert events_of(*chunks) == events_of(stream)


@given(stream=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_any_split_of_anything_reads_the_same(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert events_of(*(stream[start:end] for start, end in pairwise(places))) == events_of(stream)


@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=5), cut=st.integers(1, 60))
def test_an_event_over_the_limit_is_refused_however_it_is_cut(sizes: list[int], cut: int) -> None:
    stream = b"".join(b"data: " + b"x" * size + b"\n\n" for size in sizes)
    chunks = [stream[start : start + cut] for start in range(0, len(stream), cut)]
    if max(sizes) + 6 > 32:
        for way in (chunks, [stream]):
            with pytest.raises(ReplyInvalid):
                events_of(*way, limit=32)
    else:
        assert events_of(*chunks, limit=32) == events_of(stream)


def test_an_event_that_never_ends_is_refused_before_it_fills_the_memory() -> None:
    parser = EventParser(limit=1000)
    for _ in range(9):
        parser.feed(b"data: " + b"x" * 100 + b"\n")
    with pytest.raises(ReplyInvalid):
        parser.feed(b"data: " + b"x" * 100 + b"\n")


def test_lines_that_are_no_fields_are_noticed() -> None:
    parser = EventParser()
    parser.feed(b"<html>\n")
    assert parser.strange
    plain = EventParser()
    plain.feed(b": OPENROUTER PROCESSING\n\ndata: x\n\n")
    assert not plain.strange
