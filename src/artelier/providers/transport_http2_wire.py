"""The protocol of HTTP/2 on a client's side, as h2 keeps it and as we want it.

h2 spends some ten microseconds on a frame. Nearly all frames of a reply are the plainest there are, data without a flag,
and are read here; every other one is h2's, and so is all that is told to the server but credit for these.
"""

from collections.abc import Iterator

from h2.config import H2Configuration
from h2.connection import ConnectionInputs, ConnectionState, H2Connection, H2ConnectionStateMachine
from h2.settings import SettingCodes, Settings
from hyperframe.frame import WindowUpdateFrame

from artelier.providers.transport_http2_stream import STREAM_WINDOW

_WISHES = {SettingCodes.ENABLE_PUSH: 0, SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW, SettingCodes.MAX_HEADER_LIST_SIZE: 1 << 16}
_HEAD = 9
"""Bytes before a frame's own: length, type, flags, stream (RFC 9113, 4.1)."""
_LARGEST = 1 << 14
"""Bytes a frame may hold: nobody was allowed more."""
_PLAIN_DATA = b"\0\0"
"""Type and flags of data that is neither padded nor the last."""


class FrameTooLarge(ValueError):
    """A frame is larger than any may be, or what came are no frames."""


class FrameSplitter:
    """Cuts what comes at the bounds of frames."""

    def __init__(self) -> None:
        self._rest = b""

    def split(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield plain data with the number of its stream, and 0 with each other whole frame. Raises ``FrameTooLarge``."""
        if self._rest:
            data = self._rest + data
            self._rest = b""
        place, size = 0, len(data)
        while size - place >= _HEAD:
            length = int.from_bytes(data[place : place + 3], "big")
            if length > _LARGEST:
                raise FrameTooLarge
            end = place + _HEAD + length
            if end > size:
                break
            plain = data[place + 3 : place + 5] == _PLAIN_DATA
            yield int.from_bytes(data[place + 5 : place + _HEAD], "big") if plain else 0, data[place:end]
            place = end
        self._rest = data[place:]


def payload(frame: bytes) -> bytes:
    """Return what a frame of plain data holds."""
    return frame[_HEAD:]


def credit(number: int, size: int) -> bytes:
    """Return the frame that lets a server send so many bytes more, on a stream or, for 0, over all (RFC 9113, 6.9)."""
    frame = WindowUpdateFrame(number)
    frame.window_increment = size
    return frame.serialize()


def new_wire() -> H2Connection:
    """Return the state of a connection that says nothing yet."""
    wire = H2Connection(
        H2Configuration(
            client_side=True,
            header_encoding="latin-1",
            validate_outbound_headers=False,  # the endpoint has checked them
            normalize_outbound_headers=False,  # likewise; a key that may be indexed is sent once a connection
        )
    )
    wire.state_machine = _OpenAfterGoaway()
    wire.local_settings = Settings(client=True, initial_values=_WISHES)
    return wire


class _OpenAfterGoaway(H2ConnectionStateMachine):
    """Takes the frames of streams that go on after GOAWAY (RFC 9113, 6.8); h2 itself refuses them."""

    def __init__(self) -> None:
        super().__init__()
        goaway = (ConnectionState.CLIENT_OPEN, ConnectionInputs.RECV_GOAWAY)
        self._transitions = {**self._transitions, goaway: (None, ConnectionState.CLIENT_OPEN)}
