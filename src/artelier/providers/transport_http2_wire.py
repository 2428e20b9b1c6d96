"""The protocol of HTTP/2 on a client's side, as h2 keeps it and as we want it."""

from h2.config import H2Configuration
from h2.connection import ConnectionInputs, ConnectionState, H2Connection, H2ConnectionStateMachine
from h2.settings import SettingCodes, Settings

from artelier.providers.transport_http2_stream import STREAM_WINDOW

_WISHES = {SettingCodes.ENABLE_PUSH: 0, SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW, SettingCodes.MAX_HEADER_LIST_SIZE: 1 << 16}


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
