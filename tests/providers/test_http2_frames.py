"""Frames are the same however the bytes are cut."""

import pytest
from hyperframe.frame import DataFrame, Frame, PingFrame, WindowUpdateFrame
from hypothesis import given
from hypothesis import strategies as st

from artelier.providers.transport_http2_wire import FrameSplitter, FrameTooLarge, credit, payload

FRAMES = st.one_of(
    st.builds(DataFrame, st.integers(1, 2**31 - 1), st.binary(max_size=50), flags=st.sampled_from([(), ("END_STREAM",), ("PADDED",)])),
    st.builds(lambda data: PingFrame(0, data), st.binary(min_size=8, max_size=8)),
)


def is_plain(frame: Frame) -> bool:
    return isinstance(frame, DataFrame) and not set(frame.flags)


@given(st.lists(FRAMES, max_size=10), st.lists(st.integers(1, 40)))
def test_frames_are_cut_at_their_bounds(frames: list[Frame], sizes: list[int]) -> None:
    told = [frame.serialize() for frame in frames]
    wire = b"".join(told)
    splitter, found = FrameSplitter(), []
    for size in [*sizes, len(wire)]:
        found += splitter.split(wire[:size])
        wire = wire[size:]
    assert found == [(frame.stream_id if is_plain(frame) else 0, data) for frame, data in zip(frames, told, strict=True)]
    assert [payload(data) for number, data in found if number] == [frame.data for frame in frames if is_plain(frame)]


@pytest.mark.parametrize("data", [b"HTTP/1.1 400 Bad Request\r\n", b"\x00\x40\x01\x00\x00" + bytes(4)])
def test_what_is_too_large_is_no_frame(data: bytes) -> None:
    with pytest.raises(FrameTooLarge):
        list(FrameSplitter().split(data))


def test_credit_is_a_frame() -> None:
    frame, _ = Frame.parse_frame_header(memoryview(credit(5, 1 << 20)[:9]))
    frame.parse_body(memoryview(credit(5, 1 << 20)[9:]))
    assert isinstance(frame, WindowUpdateFrame)
    assert (frame.stream_id, frame.window_increment) == (5, 1 << 20)
